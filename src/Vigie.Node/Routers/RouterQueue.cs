using Vigie.Core;

namespace Vigie.Node.Routers;

// A binary heap whose members know their index, so that one of them can be moved without a search:
//
//   index      0          nobody is before it
//            ╱   ╲
//           1     2       each is before both below it: 2 i + 1 and 2 i + 2
//          ╱ ╲   ╱ ╲
//         3   4 5   6
//
// Of two with the same time the lower slot comes first, so that the order follows from the members alone and not from how they
// came in: the same input gives the same output, packet for packet.

/// <summary>Virtual routers by time, the earliest first. Allocates nothing beyond its capacity.</summary>
internal sealed class RouterQueue
{
    private readonly List<QueuePlace> _heap = [];

    public int Count => _heap.Count;

    /// <summary>The time of the first; <see cref="Instant.Never"/> when nobody is queued.</summary>
    public Instant FirstAt => _heap.Count == 0 ? Instant.Never : _heap[0].At;

    /// <summary>The first; there must be one.</summary>
    public RouterRuntime First => _heap[0].Router;

    public void Reserve(int count) => _heap.EnsureCapacity(count);

    /// <summary>Queues a router for that time, and not for another any more; for <see cref="Instant.Never"/> it is not queued.</summary>
    public void Set(QueuePlace place, Instant at)
    {
        var before = place.At;
        if (at == before)
            return;
        place.At = at;
        if (at == Instant.Never)
        {
            Remove(place.Index);
        }
        else if (before == Instant.Never)
        {
            _heap.Add(place);
            MoveUp(place, _heap.Count - 1);
        }
        else if (at < before)
        {
            MoveUp(place, place.Index);
        }
        else
        {
            MoveDown(place, place.Index);
        }
    }

    private void Remove(int index)
    {
        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (index == _heap.Count)
            return;
        // The last one may come from another branch, and belong above as well as below.
        MoveUp(last, index);
        MoveDown(last, last.Index);
    }

    private void MoveUp(QueuePlace place, int index)
    {
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (!IsBefore(place, _heap[parent]))
                break;
            Put(_heap[parent], index);
            index = parent;
        }

        Put(place, index);
    }

    private void MoveDown(QueuePlace place, int index)
    {
        while (2 * index + 1 < _heap.Count)
        {
            var child = 2 * index + 1;
            if (child + 1 < _heap.Count && IsBefore(_heap[child + 1], _heap[child]))
                child++;
            if (!IsBefore(_heap[child], place))
                break;
            Put(_heap[child], index);
            index = child;
        }

        Put(place, index);
    }

    private void Put(QueuePlace place, int index)
    {
        _heap[index] = place;
        place.Index = index;
    }

    private static bool IsBefore(QueuePlace one, QueuePlace other) =>
        one.At < other.At || (one.At == other.At && one.Router.Slot < other.Router.Slot);
}
