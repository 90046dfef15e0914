using System.Numerics;
using Vigie.Linux;

namespace Vigie.Daemon.GuardianSide;

// A ring of cells, each with a ticket: whoever may write cell n next sees n, whoever may read it n + 1. A cell that was read
// waits for the writer of the next time round.

/// <summary>
/// What the guardian's real-time thread gives to an ordinary one. It never waits: a lock that an ordinary thread holds while
/// it has no processor would make the guardian as late as that thread. Nothing is allocated after the beginning.
/// </summary>
internal sealed class Mailbox<T> : IDisposable
    where T : struct
{
    private readonly Cell[] _cells;
    private readonly EventFd _bell = new();
    private readonly Epoll _sleep = new();
    private readonly EpollEvent[] _woken = new EpollEvent[1];
    private long _put;
    private long _taken;
    private volatile bool _closed;

    /// <param name="size">How many letters may wait; a power of two.</param>
    public Mailbox(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(BitOperations.IsPow2(size), true, nameof(size));
        _cells = new Cell[size];
        for (var i = 0; i < size; i++)
            _cells[i].Ticket = i;
        _sleep.Add(_bell, 0, EpollInterest.Readable);
    }

    /// <summary>From any thread; false when there is no room.</summary>
    public bool TryPut(in T letter)
    {
        while (true)
        {
            var place = Volatile.Read(ref _put);
            ref var cell = ref _cells[place & (_cells.Length - 1)];
            var ticket = Volatile.Read(ref cell.Ticket);
            if (ticket < place)
                return false; // not read since the last time round
            if (ticket > place || Interlocked.CompareExchange(ref _put, place + 1, place) != place)
                continue; // somebody else was faster
            cell.Letter = letter;
            Volatile.Write(ref cell.Ticket, place + 1);
            _bell.Signal();
            return true;
        }
    }

    /// <summary>For the one thread that reads: the next letter, however long that takes; false when it was closed and all is read.</summary>
    public bool TryTake(out T letter)
    {
        while (true)
        {
            var closed = _closed; // before looking: what was put before the end is read
            ref var cell = ref _cells[_taken & (_cells.Length - 1)];
            if (Volatile.Read(ref cell.Ticket) == _taken + 1)
            {
                letter = cell.Letter;
                cell.Letter = default;
                Volatile.Write(ref cell.Ticket, _taken + _cells.Length);
                _taken++;
                return true;
            }

            letter = default;
            if (closed)
                return false;
            _sleep.Wait(_woken, -1);
            _bell.Acknowledge();
        }
    }

    /// <summary>Nothing more will be put.</summary>
    public void Close()
    {
        _closed = true;
        _bell.Signal();
    }

    /// <summary>Call it when the reader has ended.</summary>
    public void Dispose()
    {
        _sleep.Dispose();
        _bell.Dispose();
    }

    private struct Cell
    {
        public long Ticket;
        public T Letter;
    }
}
