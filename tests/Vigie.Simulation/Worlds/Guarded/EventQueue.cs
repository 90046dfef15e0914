using Vigie.Core;

namespace Vigie.Simulation.Worlds.Guarded;

// Worlds of an hour spend much of their time here. The heap holds only times and places, so that moving its entries costs
// nothing but a copy; what is to happen stands still in a place of its own, and places are used again.

/// <summary>What is to happen and when, earliest first; of two at the same time the one that was put in first. Allocates nothing when it has grown.</summary>
internal sealed class EventQueue
{
    private Key[] _heap = new Key[64];
    private GuardedEvent[] _events = new GuardedEvent[64];
    private int[] _free = new int[64];
    private int _freeCount;
    private int _used;
    private int _count;
    private long _sequence;

    /// <summary>Of the first event; Never when there is none.</summary>
    public Instant NextAt => _count == 0 ? Instant.Never : new Instant(_heap[0].At);

    public void Add(Instant at, in GuardedEvent what)
    {
        if (_count == _heap.Length)
            Grow();
        var place = _freeCount > 0 ? _free[--_freeCount] : _used++;
        _events[place] = what;
        Rise(_count++, new Key(at.Nanoseconds, _sequence++, place));
    }

    public GuardedEvent Take()
    {
        var place = _heap[0].Place;
        var what = _events[place];
        _events[place] = default;
        _free[_freeCount++] = place;
        var last = _heap[--_count];
        if (_count > 0)
            Sink(last);
        return what;
    }

    private void Rise(int at, Key key)
    {
        while (at > 0)
        {
            var above = (at - 1) / 2;
            if (!key.IsBefore(_heap[above]))
                break;
            _heap[at] = _heap[above];
            at = above;
        }

        _heap[at] = key;
    }

    private void Sink(Key key)
    {
        var at = 0;
        while (2 * at + 1 is var below && below < _count)
        {
            if (below + 1 < _count && _heap[below + 1].IsBefore(_heap[below]))
                below++;
            if (!_heap[below].IsBefore(key))
                break;
            _heap[at] = _heap[below];
            at = below;
        }

        _heap[at] = key;
    }

    private void Grow()
    {
        Array.Resize(ref _heap, 2 * _count);
        Array.Resize(ref _events, 2 * _count);
        Array.Resize(ref _free, 2 * _count);
    }

    private readonly record struct Key(long At, long Sequence, int Place)
    {
        public bool IsBefore(in Key other) => At < other.At || (At == other.At && Sequence < other.Sequence);
    }
}
