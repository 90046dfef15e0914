using Vigie.Core;

namespace Vigie.Daemon.NodeSide;

/// <summary>
/// When links and addresses are read anew, and what is said when that fails: each failure is followed by another attempt
/// after a longer pause, and a row of them by one event.
/// </summary>
internal sealed class ResyncPolicy
{
    /// <summary>Failures in a row after which an event is due, once until it has worked again.</summary>
    public const int FailuresUntilEvent = 3;

    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private TimeSpan _pause = FirstPause;

    /// <summary>When the next attempt is due; <see cref="Instant.Never"/> while one is under way or none is needed.</summary>
    public Instant DueAt { get; private set; } = Instant.Never;

    /// <summary>Whether an answer is awaited. Events that come meanwhile are to be read after it.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>Failures since it last worked.</summary>
    public int Failures { get; private set; }

    /// <summary>What is known is no longer complete.</summary>
    public void Want(Instant now)
    {
        if (!IsUnderWay)
            DueAt = Instant.Min(DueAt, now);
    }

    public void Begin()
    {
        DueAt = Instant.Never;
        IsUnderWay = true;
    }

    public void Succeed()
    {
        IsUnderWay = false;
        Failures = 0;
        _pause = FirstPause;
    }

    /// <summary>Plans another attempt; true when an event is due.</summary>
    public bool Fail(Instant now)
    {
        IsUnderWay = false;
        Failures++;
        DueAt = now + _pause;
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        return Failures == FailuresUntilEvent;
    }
}
