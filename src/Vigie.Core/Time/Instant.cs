namespace Vigie.Core;

/// <summary>
/// A point on the host's boot-time clock (CLOCK_BOOTTIME), in nanoseconds. It counts while the machine is suspended
/// and never jumps when the wall clock is set. It is not a calendar time.
/// </summary>
public readonly record struct Instant(long Nanoseconds) : IComparable<Instant>
{
    public static readonly Instant Zero = new(0);

    /// <summary>A point that is never reached: "no deadline" where a value is easier than a null.</summary>
    public static readonly Instant Never = new(long.MaxValue);

    public int CompareTo(Instant other) => Nanoseconds.CompareTo(other.Nanoseconds);

    public static Instant operator +(Instant at, TimeSpan span) => new(at.Nanoseconds + span.Ticks * 100);

    public static Instant operator -(Instant at, TimeSpan span) => new(at.Nanoseconds - span.Ticks * 100);

    public static TimeSpan operator -(Instant later, Instant earlier) => new((later.Nanoseconds - earlier.Nanoseconds) / 100);

    public static bool operator <(Instant left, Instant right) => left.Nanoseconds < right.Nanoseconds;

    public static bool operator >(Instant left, Instant right) => left.Nanoseconds > right.Nanoseconds;

    public static bool operator <=(Instant left, Instant right) => left.Nanoseconds <= right.Nanoseconds;

    public static bool operator >=(Instant left, Instant right) => left.Nanoseconds >= right.Nanoseconds;

    public static Instant Min(Instant left, Instant right) => left <= right ? left : right;

    public static Instant Max(Instant left, Instant right) => left >= right ? left : right;

    public Instant Add(TimeSpan span) => this + span;

    public TimeSpan Subtract(Instant earlier) => this - earlier;

    public override string ToString() => this == Never ? "never" : $"{Nanoseconds / 1_000_000_000}.{Nanoseconds / 1000 % 1_000_000:D6}s";
}
