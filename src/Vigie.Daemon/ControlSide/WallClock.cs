using Vigie.Core;
using Vigie.Linux;

namespace Vigie.Daemon.ControlSide;

/// <summary>
/// Translates the node's boot-time clock into calendar time, for people only. A moment is translated once and keeps its
/// date: two questions about it agree, and a step of the calendar clock does not move what has happened.
/// </summary>
internal sealed class WallClock
{
    /// <summary>After so many new moments, those that nobody asked for meanwhile are forgotten.</summary>
    internal const int Remembered = 16_384;

    private readonly Lock _gate = new();
    private Dictionary<Instant, DateTimeOffset> _young = [];
    private Dictionary<Instant, DateTimeOffset> _old = [];

    /// <summary>How many moments are remembered now.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
                return _young.Count + _old.Count;
        }
    }

    public DateTimeOffset At(Instant instant)
    {
        lock (_gate)
        {
            if (_young.TryGetValue(instant, out var known))
                return known;
            if (!_old.TryGetValue(instant, out var date))
                date = DateTimeOffset.UtcNow - (Clock.Now() - instant);
            if (_young.Count == Remembered)
                (_old, _young) = (_young, []);
            _young[instant] = date;
            return date;
        }
    }
}
