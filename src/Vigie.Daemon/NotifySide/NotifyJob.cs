namespace Vigie.Daemon.NotifySide;

/// <summary>One script to run, as control hands it to the runner: every value is put in.</summary>
internal sealed record NotifyJob
{
    /// <summary>The path of the program, also its argument 0.</summary>
    public required string Program { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment, as NAME=value.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>Null for the daemon's own user, or nobody when that is root.</summary>
    public string? User { get; init; }

    public long TimeoutMilliseconds { get; init; }
}
