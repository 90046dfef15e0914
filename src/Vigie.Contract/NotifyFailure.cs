namespace Vigie.Contract;

/// <summary>The last run of a script that failed.</summary>
public sealed record NotifyFailure
{
    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset At { get; init; }

    public string VirtualRouter { get; init => field = value ?? ""; } = "";

    /// <summary>What it was told of.</summary>
    public string State { get; init => field = value ?? ""; } = "";

    public string Program { get; init => field = value ?? ""; } = "";

    /// <summary>What went wrong, for people.</summary>
    public string Message { get; init => field = value ?? ""; } = "";

    /// <summary>What the operator can do about it, or null.</summary>
    public string? Remedy { get; init; }
}
