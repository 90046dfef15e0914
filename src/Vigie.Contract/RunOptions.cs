namespace Vigie.Contract;

/// <summary>What the command line of <c>vigie run</c> says: the whole input of the daemon besides its configuration file.</summary>
public sealed record RunOptions
{
    public string ConfigFile { get; init; } = Defaults.ConfigFile;

    public string Socket { get; init; } = Defaults.Socket;

    public string StateDirectory { get; init; } = Defaults.StateDirectory;

    public LogFormat LogFormat { get; init; } = LogFormat.Auto;
}

/// <summary>How the daemon writes its log to stderr.</summary>
public enum LogFormat
{
    /// <summary>Human on a terminal, else JSON.</summary>
    Auto,

    /// <summary>One readable line per event.</summary>
    Human,

    /// <summary>One JSON object per line.</summary>
    Json,
}
