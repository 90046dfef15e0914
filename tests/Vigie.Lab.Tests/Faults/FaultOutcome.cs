namespace Vigie.Lab.Tests.Faults;

/// <summary>What one run of a cell came to.</summary>
internal sealed record FaultOutcome(FaultCell Cell)
{
    /// <summary>Longest silence for the client while the fault lasted, of the worse family.</summary>
    public TimeSpan Outage { get; init; }

    /// <summary>Questions without an answer in that silence.</summary>
    public int Lost { get; init; }

    /// <summary>The same after its end.</summary>
    public TimeSpan Return { get; init; }

    public int LostInReturn { get; init; }

    /// <summary>The longest time, within the first silence, that the asking thread itself was not run: no evidence against anybody.</summary>
    public TimeSpan OutageStall { get; init; }

    public TimeSpan ReturnStall { get; init; }

    /// <summary>How long the VIP stayed on a host on which nothing of ours was alive.</summary>
    public TimeSpan? Stale { get; init; }

    /// <summary>What <see cref="FaultBounds.Silence"/> bounds, of the worse family.</summary>
    public TimeSpan? Silence { get; init; }

    /// <summary>State changes of beta while the fault lasted.</summary>
    public long BetaTransitions { get; init; }

    /// <summary>Null when every invariant held.</summary>
    public string? Failure { get; init; }
}
