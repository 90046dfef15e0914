namespace Vigie.Simulation;

/// <summary>So much of worlds with one interval.</summary>
/// <param name="IntervalMilliseconds">Between advertisements.</param>
/// <param name="SecondsOfWorld">How long faults happen in one of them.</param>
/// <param name="Hours">Of all of them together.</param>
internal sealed record VolumePart(int IntervalMilliseconds, int SecondsOfWorld, double Hours)
{
    /// <summary>What a change of the product has to stand.</summary>
    public static readonly IReadOnlyList<VolumePart> All = [new(1000, 3600, 10_000), new(10, 600, 100)];
}
