namespace Vigie.Daemon.NotifySide;

/// <summary>How a run of a script ended.</summary>
internal enum NotifyOutcomeKind
{
    /// <summary>It returned an exit code.</summary>
    Exited,

    /// <summary>A signal ended it that was not ours.</summary>
    Signaled,

    /// <summary>It took too long and was ended.</summary>
    TimedOut,

    /// <summary>It was not started; the message says why.</summary>
    NotStarted,

    /// <summary>The control process went away, and the script with it.</summary>
    Cancelled,

    /// <summary>The runner itself was killed.</summary>
    Lost,
}
