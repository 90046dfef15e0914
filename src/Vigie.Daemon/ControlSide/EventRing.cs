using Vigie.Contract;

namespace Vigie.Daemon.ControlSide;

/// <summary>The last events, numbered; readers ask for what came after a number, and may wait for more.</summary>
/// <param name="log">Where each event is written, too.</param>
/// <param name="start">The number before the first one: those of an earlier control process are all below it.</param>
internal sealed class EventRing(LogWriter log, long start = 0)
{
    /// <summary>How many events are kept. A reader that is further behind is told how many it lost.</summary>
    public const int Capacity = 4096;

    /// <summary>The numbers of each control process lie within a range of its own: more than one can use up.</summary>
    public const long NumbersOfOneProcess = 1_000_000_000;

    private readonly Queue<EventDocument> _events = new(Capacity);
    private readonly Lock _gate = new();
    private readonly long _start = start;
    private long _last = start;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(EventDocument document)
    {
        EventDocument numbered;
        TaskCompletionSource waiting;
        lock (_gate)
        {
            numbered = document with { Sequence = ++_last };
            if (_events.Count == Capacity)
                _events.Dequeue();
            _events.Enqueue(numbered);
            waiting = _more;
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        log.Write(numbered);
        waiting.TrySetResult();
    }

    /// <summary>Every kept event with a greater number.</summary>
    public EventsDocument After(long sequence)
    {
        lock (_gate)
        {
            var events = _events.Where(e => e.Sequence > sequence).ToList();
            var firstKept = _events.Count > 0 ? _events.Peek().Sequence : _last + 1;
            return new EventsDocument { Events = events, Next = _last, Lost = Math.Max(0, firstKept - 1 - Math.Max(sequence, _start)) };
        }
    }

    /// <summary>Completes when there is an event with a greater number.</summary>
    public Task WaitAfterAsync(long sequence, CancellationToken cancellation)
    {
        lock (_gate)
            return _last > sequence ? Task.CompletedTask : _more.Task.WaitAsync(cancellation);
    }
}
