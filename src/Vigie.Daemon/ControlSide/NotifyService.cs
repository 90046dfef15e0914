using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Notification;
using Vigie.Daemon.NotifySide;
using Vigie.Linux;
using Vigie.Node.Events;

namespace Vigie.Daemon.ControlSide;

// A thread of its own, which nobody waits for:
//
//   node's events, statuses ─► inbox ─► NotificationQueues ─► remember ─► runner processes ─► outcomes ─► events, counters

/// <summary>Runs the scripts of `notify:` (docs/decisions/0008-notifications.md).</summary>
internal sealed class NotifyService : IDisposable
{
    /// <summary>What others may have left in the inbox; more is dropped, and a status asked for instead.</summary>
    private const int LargestInbox = 8192;

    private const ulong WakeToken = 0;

    // The runner itself needs a moment to start and to clean up.
    private static readonly TimeSpan RunnerSlack = NotifyRunner.Grace + NotifyRunner.Cleaning + TimeSpan.FromSeconds(10);

    // The runners of a control process that died: grace, cleaning, and more.
    private static readonly TimeSpan LockPatience = NotifyRunner.Grace + NotifyRunner.Cleaning + TimeSpan.FromSeconds(4);
    private const int LockPollMilliseconds = 20;

    private readonly string _executable;
    private readonly NotifyStore _store;
    private readonly DaemonLife _life;
    private readonly EventRing _events;
    private readonly WallClock _clock;
    private readonly Action _askStatus;
    private readonly ConcurrentQueue<Action> _inbox = new();
    private readonly EventFd _wake = new();
    private readonly Epoll _epoll = new();
    private readonly EpollEvent[] _ready = new EpollEvent[NotificationQueues.MostAtOnce + 1];
    private readonly NotificationQueues _queues = new();
    private readonly List<NotificationEffect> _effects = [];
    private readonly Dictionary<ulong, NotifyRun> _runs = [];
    private readonly Thread _thread;
    private NodeConfig _config;
    private Dictionary<string, VirtualRouterConfig> _routers = [];
    private FileLock? _lock;
    private ulong _lastRun;
    private long _count;
    private long _failures;
    private NotifyFailure? _lastFailure;
    private bool _isNotKept;
    private volatile bool _missed;
    private volatile bool _leaving;
    private Instant _leaveBy = Instant.Never;
    private volatile NotifyStatus? _status;

    /// <param name="executable">What knows the verbs of runner and stepper: this program.</param>
    /// <param name="config">The configuration that runs.</param>
    /// <param name="store">What an earlier control process has left.</param>
    /// <param name="life">Whose life this is.</param>
    /// <param name="events">Where failures are told.</param>
    /// <param name="clock">Dates for moments.</param>
    /// <param name="askStatus">Has <see cref="OnStatus"/> called sooner or later; must not wait.</param>
    public NotifyService(string executable, NodeConfig config, NotifyStore store, DaemonLife life, EventRing events, WallClock clock, Action askStatus)
    {
        (_executable, _config, _store, _life, _events, _clock, _askStatus) = (executable, config, store, life, events, clock, askStatus);
        _epoll.Add(_wake, WakeToken, EpollInterest.Readable);
        _thread = new Thread(Work) { Name = "notify", IsBackground = true };
    }

    /// <summary>Counters for the status; null while nothing is configured and nothing has run.</summary>
    public NotifyStatus? Status => _status;

    public void Start() => _thread.Start();

    /// <summary>The node's events, in their order. Never waits.</summary>
    public void OnEvent(NodeEvent e, string router)
    {
        if (e.Kind == NodeEventKind.StateChanged && router.Length > 0)
            Post(() => _queues.OnTransition(e.At, router, e.State, e.Reason, _effects));
    }

    /// <summary>A whole status of the node, in order with its events: it shows what an event that was lost would have told.</summary>
    public void OnStatus(StatusAnswer answer) => Post(() =>
    {
        foreach (var router in answer.Routers)
            _queues.OnFound(router.Name, router.State, router.Since, router.Reason, _effects);
    });

    /// <summary>The node runs this configuration from now on.</summary>
    public void Configure(NodeConfig config) => Post(() =>
    {
        // Of a virtual router that is gone the last word is still to be told.
        var routers = config.VirtualRouters.ToDictionary(router => router.Name);
        foreach (var gone in _config.VirtualRouters)
            routers.TryAdd(gone.Name, gone);
        (_config, _routers) = (config, routers);
        _effects.Add(NotificationEffect.Remember);
        _queues.OnConfiguration(config, _effects);
    });

    /// <summary>Tells what is still to be told, as long as the patience lasts, and ends. What runs then is ended by its runner.</summary>
    public void Leave(TimeSpan patience)
    {
        Post(() => _leaveBy = Clock.Now() + patience);
        _leaving = true;
        _wake.Signal();
        if (_thread.IsAlive)
            _thread.Join();
    }

    public void Dispose()
    {
        Leave(TimeSpan.Zero);
        foreach (var run in _runs.Values)
            run.Dispose();
        _lock?.Dispose();
        _epoll.Dispose();
        _wake.Dispose();
    }

    private void Post(Action action)
    {
        if (_inbox.Count < LargestInbox)
            _inbox.Enqueue(action);
        else
            _missed = true;
        _wake.Signal();
    }

    private void Work()
    {
        Begin();
        while (true)
        {
            while (_inbox.TryDequeue(out var action))
                action();
            Act();
            Publish();
            if (_missed)
            {
                _missed = false;
                _askStatus();
            }

            var now = Clock.Now();
            if (_leaving && (_queues.IsIdle || now >= _leaveBy) && _inbox.IsEmpty)
                break;
            Wait(now);
        }

        if (_queues.Waiting > 0)
            _events.Add(NotifyText.NotTold(_queues.Waiting));
        foreach (var run in _runs.Values)
            run.Channel.Dispose(); // its runner takes that for our end
    }

    private void Begin()
    {
        if (_store.Load(out var unread) is { } memory)
        {
            var routers = memory.Routers.Select(router => router.ToCore());
            // After a start of the machine no state of before means anything.
            if (memory.Boot != _life.Boot)
                routers = routers.Select(router => router with { State = Core.Election.RouterState.Initialize });
            _queues.Import(routers, sameLife: memory.Boot == _life.Boot && memory.Life == _life.Life);
        }

        if (unread is not null)
            _events.Add(NotifyText.NotKept(unread));
        _routers = _config.VirtualRouters.ToDictionary(router => router.Name);
        if (!_config.Notify.IsEmpty)
            AwaitLock();
        _queues.OnConfiguration(_config, _effects);
        _askStatus();
    }

    /// <summary>Two scripts for one virtual router must not run at once, not even when the first was started by a process that has died.</summary>
    private void AwaitLock()
    {
        _lock = _store.OpenLock(out var failure);
        if (failure is not null)
            _events.Add(NotifyText.NotKept(failure));
        var until = Clock.Now() + LockPatience;
        while (_lock is not null && !_lock.TryTake())
        {
            if (Clock.Now() >= until)
            {
                _events.Add(NotifyText.LockNotFree());
                return;
            }

            Thread.Sleep(LockPollMilliseconds);
        }
    }

    private void Wait(Instant now)
    {
        var next = _leaving ? _leaveBy : Instant.Never;
        foreach (var run in _runs.Values)
            next = Instant.Min(next, run.GiveUpAt);
        var milliseconds = next == Instant.Never ? -1 : (int)Math.Clamp(Math.Ceiling((next - now).TotalMilliseconds), 0, int.MaxValue);
        var count = _epoll.Wait(_ready, milliseconds);
        for (var i = 0; i < count; i++)
        {
            if (_ready[i].Token == WakeToken)
                _wake.Acknowledge();
            else
                Ended(_ready[i].Token);
        }

        foreach (var run in _runs.Values)
            if (Clock.Now() >= run.GiveUpAt)
                _ = run.Runner.Signal(9); // and its script with it; its end is seen as any other
    }

    /// <summary>Runs effects until none is left: what fails at once makes new ones.</summary>
    private void Act()
    {
        while (_effects.Count > 0)
        {
            NotificationEffect[] effects = [.. _effects];
            _effects.Clear();
            if (effects.Any(effect => effect.Kind == NotificationEffectKind.Remember))
                Remember();
            foreach (var effect in effects)
            {
                if (effect.Kind == NotificationEffectKind.TellSkipped)
                    _events.Add(NotifyText.Skipped(effect.Router, effect.Count));
                else if (effect.Kind == NotificationEffectKind.Run)
                    Run(effect.Router, effect.Transition!, effect.Notify!);
            }
        }
    }

    private void Remember()
    {
        if (_config.Notify.IsEmpty)
            return;
        var failure = _store.Save(new NotifyMemory
        {
            Boot = _life.Boot, Life = _life.Life, Routers = [.. _queues.Export().Select(NotifyMemoryRouter.Of)],
        });
        if (failure is not null && !_isNotKept)
            _events.Add(NotifyText.NotKept(failure));
        _isNotKept = failure is not null;
    }

    private void Run(string router, Transition transition, NotifyConfig notify)
    {
        if (_lock is null && !_isNotKept)
            AwaitLock(); // the first notification came with a reload
        var job = NotifyJobs.Make(_config.Node, _routers.GetValueOrDefault(router), router, transition, _clock.At(transition.At), notify);
        var (ours, theirs) = SeqPacketSocket.CreatePair();
        try
        {
            using (theirs)
            {
                using var file = MemoryFile.Create("vigie-notify", JsonSerializer.SerializeToUtf8Bytes(job, NotifyJson.Default.NotifyJob));
                List<(FileDescriptor, int)> inherited = [(theirs, Descriptors.Outcome), (file, Descriptors.Job)];
                if (_lock is not null)
                    inherited.Add((_lock, Descriptors.ScriptLock));
                var runner = ProcessSpawner.Spawn(
                    _executable, [DaemonProcesses.RunnerVerb, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)], [], [.. inherited], ownSession: true);
                _runs[++_lastRun] = new NotifyRun(router, transition, notify, runner, ours, Clock.Now() + notify.Timeout + RunnerSlack);
                _epoll.Add(runner.PidFd, _lastRun, EpollInterest.Readable);
            }
        }
        catch (LinuxException e)
        {
            ours.Dispose();
            Finish(router, transition, notify, new NotifyOutcome { Kind = NotifyOutcomeKind.NotStarted, Message = e.Message });
        }
    }

    private void Ended(ulong number)
    {
        var run = _runs[number];
        if (!run.Runner.TryReap(out _))
            return;
        _runs.Remove(number);
        _epoll.Remove(run.Runner.PidFd);
        using (run)
        {
            var buffer = new byte[Descriptors.LongestMessage];
            var outcome = run.Channel.TryReceive(buffer, out var length) == ReceiveResult.Data
                ? JsonSerializer.Deserialize(buffer.AsSpan(0, length), NotifyJson.Default.NotifyOutcome)
                : null;
            Finish(run.Router, run.Transition, run.Notify, outcome ?? new NotifyOutcome { Kind = NotifyOutcomeKind.Lost });
        }
    }

    private void Finish(string router, Transition transition, NotifyConfig notify, NotifyOutcome outcome)
    {
        _count++;
        if (NotifyText.Failure(router, transition, notify, _config.Notify.IndexOf(notify) + 1, outcome) is { } failure)
        {
            _failures++;
            _events.Add(failure);
            var (what, remedy) = NotifyText.Describe(notify, outcome);
            _lastFailure = new NotifyFailure
            {
                At = failure.Time, VirtualRouter = router, State = NotifyConfig.Word(transition.State), Program = notify.Program, Message = what, Remedy = remedy,
            };
        }

        if (NotifyText.LeftBehind(router, notify, outcome) is { } left)
            _events.Add(left);
        _queues.OnEnded(router, notify, _effects);
    }

    private void Publish() => _status = _config.Notify.IsEmpty && _count == 0
        ? null
        : new NotifyStatus
        {
            Entries = _config.Notify.Length,
            Runs = _count,
            Failures = _failures,
            Running = _queues.Running,
            Waiting = _queues.Waiting,
            Skipped = _queues.Skipped,
            LastFailure = _lastFailure,
        };
}
