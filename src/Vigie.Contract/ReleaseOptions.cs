namespace Vigie.Contract;

/// <summary>What the command line of <c>vigie release</c> says.</summary>
public sealed record ReleaseOptions
{
    public string ConfigFile { get; init; } = Defaults.ConfigFile;

    /// <summary>The socket of the daemon that is no more: a living one holds a lock beside it.</summary>
    public string Socket { get; init; } = Defaults.Socket;

    /// <summary>Also when a daemon lives or the configuration cannot be read.</summary>
    public bool Force { get; init; }
}
