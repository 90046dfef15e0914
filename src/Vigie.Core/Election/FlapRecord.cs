namespace Vigie.Core.Election;

/// <summary>What <see cref="FlapDamping"/> knows, for another process of the same host. The default value: nothing.</summary>
/// <param name="Losses">Of the role, by this host's own fault, not yet forgotten.</param>
/// <param name="LastLossAt">When the last of them was.</param>
/// <param name="HeldUntil">Until when a lower Active is left alone; <see cref="Instant.Zero"/> for not at all.</param>
public readonly record struct FlapRecord(int Losses, Instant LastLossAt, Instant HeldUntil);
