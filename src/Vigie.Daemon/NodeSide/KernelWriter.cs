using System.Buffers;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Linux;
using Vigie.Node.Ports;

namespace Vigie.Daemon.NodeSide;

// One ring of jobs and three counters that only ever grow; each is written by one thread:
//
//              _taken            _done              _submitted
//   ... free ... │ answers to take │ jobs to do        │ free ...
//                 election thread ▲   writer thread ▲      election thread ▲
//
// An answer lies where its job was, so there is room for it. Nobody ever waits for a lock of the other.

/// <summary>
/// A thread of its own for changes to the kernel's network settings, in the order in which they were handed over. Whoever
/// hands over never waits and, once warm, allocates nothing.
/// </summary>
internal sealed class KernelWriter : IDisposable
{
    /// <summary>Jobs that may be under way; beyond that they are refused with ENOBUFS.</summary>
    public const int MaxJobs = 4096;

    private const int LongestPlan = 16 * 1024;
    private const int StackBytes = 256 * 1024;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestJoin = TimeSpan.FromSeconds(1);

    private readonly Job[] _jobs = new Job[MaxJobs];
    private readonly ArrayPool<IpPrefix> _prefixes = ArrayPool<IpPrefix>.Create(LongestPlan, MaxJobs);
    private readonly Queue<AddressOutcome> _refused = new();
    private readonly IKernelWork _work;
    private readonly EventFd _bell = new();
    private readonly Epoll _sleep = new();
    private readonly EpollEvent[] _woken = new EpollEvent[1];
    private readonly Thread _thread;
    private long _submitted;
    private long _done;
    private long _taken;
    private volatile bool _stop;

    /// <param name="work">What is done with each job.</param>
    /// <param name="onThread">Called first on the new thread: how it is scheduled.</param>
    public KernelWriter(IKernelWork work, Action onThread)
    {
        _work = work;
        _sleep.Add(_bell, 0, EpollInterest.Readable);
        _thread = new Thread(() =>
        {
            onThread();
            Work();
        }, StackBytes) { IsBackground = true, Name = "kernel writer" };
        _thread.Start();
    }

    /// <summary>Rings when there is an answer that somebody waits for. A renewal that went well does not ring.</summary>
    public EventFd Answers { get; } = new();

    /// <summary>How many answers have ever been given, for <see cref="TryTake"/>.</summary>
    public long Answered => Volatile.Read(ref _done);

    /// <summary>How many jobs have been handed over and are not done yet.</summary>
    public int Waiting => (int)(_submitted - Volatile.Read(ref _done));

    /// <summary>
    /// Hands a plan over; its array is copied. A renewal that the newest waiting plan of its router contains already is
    /// dropped, so that a long wait does not pile them up. When there is no room its outcome is ENOBUFS.
    /// </summary>
    public void Submit(in AddressPlan plan)
    {
        if (IsWaitingAlready(plan))
            return;
        if (_submitted - _taken == MaxJobs)
        {
            _refused.Enqueue(new AddressOutcome(plan.Router, plan.Generation, plan.Present, Errno.ENOBUFS, default));
            return;
        }

        var copy = _prefixes.Rent(Math.Max(plan.Count, 1));
        plan.Addresses.AsSpan(0, plan.Count).CopyTo(copy);
        ref var job = ref _jobs[_submitted % MaxJobs];
        job = new Job { Plan = plan with { Addresses = copy } };
        HandOver();
    }

    /// <summary>Hands anything else over, in order with the plans; false when there is no room.</summary>
    public bool TrySubmit(object request)
    {
        if (_submitted - _taken == MaxJobs)
            return false;
        _jobs[_submitted % MaxJobs] = new Job { Request = request };
        HandOver();
        return true;
    }

    /// <summary>
    /// The next answer among the first <paramref name="answered"/> (read <see cref="Answered"/> before reading the
    /// kernel's events: what it tells of these jobs has then been heard). Either an outcome or an answer.
    /// </summary>
    public bool TryTake(long answered, out AddressOutcome outcome, out object? answer)
    {
        answer = null;
        if (_refused.TryDequeue(out outcome))
            return true;
        if (_taken >= answered)
            return false;
        ref var job = ref _jobs[_taken % MaxJobs];
        outcome = job.Outcome;
        answer = job.Answer;
        if (job.Request is null)
            _prefixes.Return(job.Plan.Addresses);
        job = default;
        _taken++;
        return true;
    }

    /// <summary>Whether <see cref="TryTake"/> would find something.</summary>
    public bool HasAnswers(long answered) => _taken < answered || _refused.Count > 0;

    /// <summary>Waits until everything handed over is done, at most for the time given; whether it is.</summary>
    public bool Finish(TimeSpan limit)
    {
        using var wait = new Epoll();
        wait.Add(Answers, 0, EpollInterest.Readable);
        Span<EpollEvent> events = stackalloc EpollEvent[1];
        for (var deadline = Clock.Now() + limit; Waiting > 0 && Clock.Now() < deadline;)
        {
            // Not every answer rings, hence the look in between.
            wait.Wait(events, (int)LookAgain.TotalMilliseconds);
            Answers.Acknowledge();
        }

        return Waiting == 0;
    }

    /// <summary>Ends the thread when its present job is done. One that hangs in the kernel is left behind with its bells.</summary>
    public void Dispose()
    {
        _stop = true;
        _bell.Signal();
        if (!_thread.Join(LongestJoin))
            return;
        _sleep.Dispose();
        _bell.Dispose();
        Answers.Dispose();
    }

    private void HandOver()
    {
        Volatile.Write(ref _submitted, _submitted + 1);
        _bell.Signal();
    }

    /// <summary>
    /// Looks at what waits for the same router. What a newer generation replaces need not be added any more: a host that
    /// lost the role while it waited must not take the addresses only to give them up again.
    /// </summary>
    private bool IsWaitingAlready(in AddressPlan plan)
    {
        var isNewest = true;
        for (var i = _submitted - 1; i >= Volatile.Read(ref _done); i--)
        {
            ref var job = ref _jobs[i % MaxJobs];
            if (job.Request is not null || job.Plan.Router != plan.Router || job.Plan.InterfaceIndex != plan.InterfaceIndex)
                continue;
            if (isNewest && plan.Renewal && IsSame(job.Plan, plan))
                return true;
            isNewest = false;
            if (job.Plan.Present && job.Plan.Generation != plan.Generation)
                Volatile.Write(ref job.Outdated, true);
        }

        return false;
    }

    private static bool IsSame(in AddressPlan one, in AddressPlan other) =>
        one.Present == other.Present && one.Generation == other.Generation && one.Count == other.Count
        && one.LifetimeSeconds == other.LifetimeSeconds
        && one.Addresses.AsSpan(0, one.Count).SequenceEqual(other.Addresses.AsSpan(0, other.Count));

    private void Work()
    {
        while (!_stop)
        {
            while (_done < Volatile.Read(ref _submitted) && !_stop)
            {
                ref var job = ref _jobs[_done % MaxJobs];
                var rings = Do(ref job);
                Volatile.Write(ref _done, _done + 1);
                if (rings)
                    Answers.Signal();
            }

            if (_stop)
                return;
            _sleep.Wait(_woken, -1);
            _bell.Acknowledge();
        }
    }

    private bool Do(ref Job job)
    {
        if (job.Request is { } request)
        {
            job.Answer = _work.Answer(request);
            return true;
        }

        var plan = job.Plan;
        if (Volatile.Read(ref job.Outdated))
        {
            job.Outcome = new AddressOutcome(plan.Router, plan.Generation, plan.Present, 0, default);
            return false; // whoever gets it no longer waits for this generation
        }

        job.Outcome = _work.Apply(plan);
        return !plan.Renewal || job.Outcome.Error != 0;
    }

    private struct Job
    {
        public AddressPlan Plan;
        public object? Request;
        public bool Outdated;
        public AddressOutcome Outcome;
        public object? Answer;
    }
}
