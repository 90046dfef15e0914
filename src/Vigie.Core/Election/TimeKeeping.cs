using System.Numerics;

namespace Vigie.Core.Election;

// Time is cut into spans of the length for which a guardian bears with a node that does not run. A span is late when a quarter
// of it was; what counts is how many of the last twenty were:
//
//   spans  ..l.llllllllllll.lll     15 of 20: lost;  5 of 20: kept again
//
// A single stall, however long, ends in one span and is one late span. A span in which nothing was due is not a late one.

/// <summary>
/// Whether a host has been late again and again, for so long that its peers are better off without it. It only remembers
/// and compares; what follows from it is decided by <see cref="VirtualRouter"/>.
/// </summary>
public sealed class TimeKeeping
{
    /// <summary>How many spans are remembered.</summary>
    public const int Spans = 20;

    /// <summary>With so many late spans among them time is not kept any more.</summary>
    public const int LostAt = 15;

    /// <summary>With so few it is kept again.</summary>
    public const int KeptAgainAt = 5;

    private const int IntervalsPerSpan = 10;
    private const int FewestIntervals = 2;
    private const int LateShare = 4;
    private const uint All = (1u << Spans) - 1;
    private static readonly TimeSpan ShortestSpan = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongSpan = TimeSpan.FromSeconds(2);

    private uint _late;
    private TimeSpan _overdue;
    private long _span;

    /// <summary>Time cannot be kept at present.</summary>
    public bool IsLost { get; private set; }

    /// <summary>How many of the spans that are remembered were late.</summary>
    public int LateSpans => BitOperations.PopCount(_late);

    /// <summary>
    /// Everything that is known, and is to be known again by <see cref="Remember"/>; it changes when a span becomes late or is
    /// forgotten, and not as time passes.
    /// </summary>
    public TimeRecord Record(bool lastResort)
    {
        var since = BitOperations.TrailingZeroCount(_late);
        return _late == 0 ? default : new TimeRecord(_late >> since, _span - since, IsLost, lastResort);
    }

    /// <summary>What an earlier process of this host knew.</summary>
    public void Remember(TimeRecord record)
    {
        _late = record.LateSpans & All;
        _span = record.LastLateSpan;
        _overdue = TimeSpan.Zero;
        IsLost = record.IsLost && LateSpans > KeptAgainAt;
    }

    /// <summary>How late is late: what a guardian speaks for, and what a Backup takes for its own deafness.</summary>
    public static TimeSpan Tolerance(TimeSpan interval) => interval / 2;

    /// <summary>
    /// The length of a span: ten intervals, half a second at least; two seconds at most, if these have two intervals. A node that stands still
    /// for longer is replaced, so that whatever stalls a living one, again and again, does so once in nearly every span.
    /// </summary>
    public static TimeSpan Span(TimeSpan interval)
    {
        var span = IntervalsPerSpan * interval;
        span = span < ShortestSpan ? ShortestSpan : span > LongSpan ? LongSpan : span;
        return span > FewestIntervals * interval ? span : FewestIntervals * interval;
    }

    /// <summary>This host did at this moment what it should have done so long ago, longer than the tolerance.</summary>
    public void OnLate(Instant now, TimeSpan late, TimeSpan interval)
    {
        Look(now, interval);
        _overdue += late;
        if (_overdue < Span(interval) / LateShare)
            return;
        _late |= 1;
        IsLost |= LateSpans >= LostAt;
    }

    /// <summary>Brings <see cref="IsLost"/> up to date.</summary>
    public void Look(Instant now, TimeSpan interval)
    {
        var span = now.Nanoseconds / 100 / Span(interval).Ticks;
        var passed = span - _span;
        _span = span;
        if (passed != 0)
            _overdue = TimeSpan.Zero;
        // The other way round only when the span's length has changed: then nothing is known.
        _late = passed is < 0 or >= Spans ? 0 : _late << (int)passed & All;
        if (LateSpans <= KeptAgainAt)
            IsLost = false;
    }

    /// <summary>Other settings: what was late by the old ones may not be by the new ones.</summary>
    public void Reset()
    {
        _overdue = TimeSpan.Zero;
        _late = 0;
        IsLost = false;
    }
}
