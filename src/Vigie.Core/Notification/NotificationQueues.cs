using System.Collections.Immutable;
using Vigie.Core.Configuration;
using Vigie.Core.Election;

namespace Vigie.Core.Notification;

// Which script is to hear of which transition next. Reasons: docs/decisions/0008-notifications.md
//
//   OnTransition ─► queue of its virtual router ─► one run after the other ─► OnEnded
//   OnFound      ─►   (a state that no event told)    at most MostAtOnce over all

/// <summary>Keeps the order of notifications: serial for each virtual router, bounded, and nothing lost silently. Runs nothing itself.</summary>
public sealed class NotificationQueues
{
    /// <summary>Transitions of one virtual router that may wait. More than a script can be behind with any use.</summary>
    public const int LongestQueue = 16;

    /// <summary>Scripts that run at a time, over all virtual routers.</summary>
    public const int MostAtOnce = 8;

    private readonly Dictionary<string, RouterQueue> _queues = new(StringComparer.Ordinal);
    private readonly Queue<RouterQueue> _ready = new();
    private ImmutableArray<NotifyConfig> _notify = [];
    private HashSet<string> _configured = new(StringComparer.Ordinal);
    private bool _stopped;

    /// <summary>Scripts that run now.</summary>
    public int Running { get; private set; }

    /// <summary>Transitions that wait or are being told.</summary>
    public int Waiting => _queues.Values.Sum(queue => queue.Waiting.Count);

    /// <summary>Transitions that nobody was told of because the queue was full.</summary>
    public long Skipped { get; private set; }

    /// <summary>Nothing runs and nothing waits.</summary>
    public bool IsIdle => Running == 0 && Waiting == 0;

    /// <summary>
    /// What the process before this one has left. In another life of the daemon what it had not told is outdated; of the
    /// last state, the next transition still says that it came from there.
    /// </summary>
    /// <param name="remembered">What <see cref="Export"/> gave.</param>
    /// <param name="sameLife">The daemon has gone on since, only this process was started again.</param>
    public void Import(IEnumerable<RememberedRouter> remembered, bool sameLife)
    {
        ArgumentNullException.ThrowIfNull(remembered);
        foreach (var router in remembered)
        {
            var queue = new RouterQueue(router.Name) { Sequence = router.Sequence, State = router.State, IsNew = !sameLife };
            if (sameLife)
            {
                queue.Since = router.Since;
                queue.Waiting.AddRange(router.Waiting.Take(LongestQueue));
                queue.Told.AddRange(router.Told);
            }

            _queues[router.Name] = queue;
        }
    }

    /// <summary>What has to be kept for <see cref="Import"/>.</summary>
    public ImmutableArray<RememberedRouter> Export() =>
    [
        .. _queues.Values.Select(queue => new RememberedRouter
        {
            Name = queue.Name, Sequence = queue.Sequence, State = queue.State, Since = queue.Since,
            Waiting = [.. queue.Waiting], Told = [.. queue.Told],
        }),
    ];

    /// <summary>These are the notifications and virtual routers from now on; a script that runs goes on.</summary>
    public void OnConfiguration(NodeConfig config, List<NotificationEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(effects);
        _notify = config.Notify;
        _configured = [.. config.VirtualRouters.Select(router => router.Name)];
        foreach (var queue in _queues.Values.ToArray())
            Settle(queue, effects);
        StartRuns(effects);
    }

    /// <summary>The node says that a virtual router entered a state.</summary>
    public void OnTransition(Instant at, string router, RouterState state, TransitionReason reason, List<NotificationEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        var queue = Queue(router);
        if (at < queue.Since)
            return; // seen in a status already
        Enter(queue, at, state, reason, effects);
    }

    /// <summary>A status shows a virtual router in this state; when that is news, an event was lost and this takes its place.</summary>
    public void OnFound(string router, RouterState state, Instant since, TransitionReason reason, List<NotificationEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        if (since == Instant.Zero)
            return; // it has not begun yet
        var queue = Queue(router);
        if (since < queue.Since || (since == queue.Since && state == queue.State))
            return;
        Enter(queue, since, state, reason, effects);
    }

    /// <summary>The run of this notification for the oldest transition is over, however it ended.</summary>
    public void OnEnded(string router, NotifyConfig notify, List<NotificationEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(notify);
        ArgumentNullException.ThrowIfNull(effects);
        var queue = Queue(router);
        queue.IsRunning = false;
        Running--;
        queue.Told.Add(notify.Text);
        effects.Add(NotificationEffect.Remember);
        Settle(queue, effects);
        StartRuns(effects);
    }

    /// <summary>Nothing is started any more.</summary>
    public void Stop() => _stopped = true;

    private void Enter(RouterQueue queue, Instant at, RouterState state, TransitionReason reason, List<NotificationEffect> effects)
    {
        queue.Since = at;
        // The same state for another reason, or again after a lost event: nothing for a script to do.
        if (queue.State == state && !queue.IsNew)
            return;
        queue.IsNew = false;
        Skipped += queue.Add(state, reason, at);
        queue.State = state;
        effects.Add(NotificationEffect.Remember);
        Settle(queue, effects);
        StartRuns(effects);
    }

    /// <summary>Takes off what everybody has heard of, and lines the queue up when somebody has not.</summary>
    private void Settle(RouterQueue queue, List<NotificationEffect> effects)
    {
        if (queue.IsRunning)
            return;
        while (queue.Waiting.Count > 0 && Next(queue) is null)
        {
            queue.Waiting.RemoveAt(0);
            queue.Told.Clear();
        }

        if (queue.Waiting.Count > 0 && !queue.IsReady)
        {
            queue.IsReady = true;
            _ready.Enqueue(queue);
        }

        if (queue.Waiting.Count == 0 && !_configured.Contains(queue.Name) && queue.State == RouterState.Initialize)
            _queues.Remove(queue.Name);
    }

    private void StartRuns(List<NotificationEffect> effects)
    {
        while (!_stopped && Running < MostAtOnce && _ready.TryDequeue(out var queue))
        {
            queue.IsReady = false;
            if (queue.Waiting.Count == 0 || Next(queue) is not { } notify)
                continue;
            if (queue.Skipped > 0)
                effects.Add(new NotificationEffect(NotificationEffectKind.TellSkipped, queue.Name, Count: queue.Skipped));
            queue.Skipped = 0;
            queue.IsRunning = true;
            Running++;
            effects.Add(new NotificationEffect(NotificationEffectKind.Run, queue.Name, queue.Waiting[0], notify));
        }
    }

    private NotifyConfig? Next(RouterQueue queue)
    {
        foreach (var notify in _notify)
            if (notify.Concerns(queue.Name, queue.Waiting[0].State) && !queue.Told.Contains(notify.Text))
                return notify;
        return null;
    }

    private RouterQueue Queue(string router)
    {
        if (!_queues.TryGetValue(router, out var queue))
            _queues[router] = queue = new RouterQueue(router);
        return queue;
    }
}
