namespace Vigie.Contract;

/// <summary>What the command line of <c>vigie release</c> says.</summary>
public sealed record ReleaseOptions
{
    public string ConfigFile { get; init; } = Defaults.ConfigFile;

    /// <summary>Where the daemon has kept the configuration that ran; it goes before the file, which may be newer.</summary>
    public string StateDirectory { get; init; } = Defaults.StateDirectory;

    /// <summary>The socket of the daemon that is no more: a living one holds a lock beside it.</summary>
    public string Socket { get; init; } = Defaults.Socket;

    /// <summary>Also when a daemon lives or the configuration cannot be read.</summary>
    public bool Force { get; init; }
}
