using System.Diagnostics;
using Vigie.Core;

namespace Vigie.Lab;

/// <summary>The one clock by which the lab stamps what it does and sees; it never jumps when the wall clock is set.</summary>
public static class LabClock
{
    private static readonly long NanosecondsPerTick = 1_000_000_000 / Stopwatch.Frequency;

    public static Instant Now => new(Stopwatch.GetTimestamp() * NanosecondsPerTick);
}
