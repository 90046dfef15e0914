namespace Vigie.Daemon;

/// <summary>The descriptor numbers under which the child processes find what the supervisor gives them.</summary>
internal static class Descriptors
{
    /// <summary>The channel between node and control.</summary>
    public const int Channel = 3;

    /// <summary>Node only: the sealed text of the configuration that the supervisor has checked.</summary>
    public const int Configuration = 4;

    /// <summary>
    /// Control only: rings when the configuration is to be read again. A bell and not a signal: it waits for a control
    /// process that is just starting, which a signal would end.
    /// </summary>
    public const int ReloadBell = 5;

    /// <summary>Longest message on the channel in either direction.</summary>
    public const int LongestMessage = 64 * 1024;
}
