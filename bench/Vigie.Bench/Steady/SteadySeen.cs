namespace Vigie.Bench.Steady;

/// <summary>What was seen of three hosts to which nothing happened.</summary>
/// <param name="Advertisements">On the wire, of all hosts.</param>
/// <param name="Takeovers">How often another host than the first began to advertise.</param>
/// <param name="LongGaps">How often no host advertised for more than three intervals.</param>
/// <param name="LongestGap">The longest time between two advertisements, of whomever.</param>
/// <param name="Asked">Questions of the client.</param>
/// <param name="Lost">Those without an answer.</param>
/// <param name="LongestSilence">The client's longest time without an answer, less the time in which it got no processor itself.</param>
internal sealed record SteadySeen(long Advertisements, int Takeovers, int LongGaps, TimeSpan LongestGap, long Asked, long Lost, TimeSpan LongestSilence)
{
    /// <summary>By Vigie's own count; 0 for keepalived, which has none.</summary>
    public long OwnTransitions { get; init; }

    /// <summary>Advertisements that Vigie's guardians sent for late nodes.</summary>
    public long Covered { get; init; }
}
