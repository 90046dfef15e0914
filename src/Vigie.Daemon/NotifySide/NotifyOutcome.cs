namespace Vigie.Daemon.NotifySide;

/// <summary>What became of one run.</summary>
internal sealed record NotifyOutcome
{
    /// <summary>Bytes of what a script printed that are kept: the last ones, where errors stand.</summary>
    public const int LongestOutput = 4096;

    public required NotifyOutcomeKind Kind { get; init; }

    /// <summary>The exit code, or the number of the signal.</summary>
    public int Code { get; init; }

    /// <summary>Why it was not started.</summary>
    public string? Message { get; init; }

    /// <summary>What can be done about that.</summary>
    public string? Remedy { get; init; }

    /// <summary>The end of what it printed, both streams together.</summary>
    public string Output { get; init => field = value ?? ""; } = "";

    /// <summary>Processes that it had left behind and that were killed.</summary>
    public int LeftBehind { get; init; }

    /// <summary>Some could not be killed.</summary>
    public bool Stuck { get; init; }

    public double Milliseconds { get; init; }

    public bool IsSuccess => Kind == NotifyOutcomeKind.Exited && Code == 0;
}
