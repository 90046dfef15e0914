namespace Vigie.Contract;

/// <summary>The scripts of <c>notify:</c> since the control process started.</summary>
public sealed record NotifyStatus
{
    /// <summary>Entries of the configuration.</summary>
    public int Entries { get; init; }

    /// <summary>Runs that are over, those that failed included.</summary>
    public long Runs { get; init; }

    /// <summary>Runs with another end than exit code 0.</summary>
    public long Failures { get; init; }

    /// <summary>Scripts that run now.</summary>
    public int Running { get; init; }

    /// <summary>State changes that are not told to everybody yet.</summary>
    public int Waiting { get; init; }

    /// <summary>State changes that were not told because the scripts were too slow.</summary>
    public long Skipped { get; init; }

    public NotifyFailure? LastFailure { get; init; }
}
