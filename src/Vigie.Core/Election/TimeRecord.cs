namespace Vigie.Core.Election;

/// <summary>What <see cref="TimeKeeping"/> knows, for another process of the same host. The default value: nothing.</summary>
/// <param name="LateSpans">The late spans that are remembered, the last one in the lowest bit, and before it the ones before.</param>
/// <param name="LastLateSpan">The number of the last one.</param>
/// <param name="IsLost">Time could not be kept.</param>
/// <param name="LastResort">The role was taken, or kept, although it could not.</param>
public readonly record struct TimeRecord(uint LateSpans, long LastLateSpan, bool IsLost, bool LastResort);
