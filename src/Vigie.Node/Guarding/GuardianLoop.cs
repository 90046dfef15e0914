using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Node.Ports;

namespace Vigie.Node.Guarding;

// The guardian of one node (docs/decisions/0006-guardian.md):
//
//             Serving ─────────────────────────────► Starting ──► Serving
//                │   no heartbeat: killed; it died        ▲
//                └────────────► Waiting (back-off) ───────┘
//
// An incident begins with the first late or unsent advertisement of an Active, or with the node's end, and is over when a
// node beats again. During an incident the guardian speaks for every Active router; after 5 s it gives their roles up.

/// <summary>
/// Watches the node's heartbeat and advertisements on the <see cref="RoleBoard"/>, speaks for it when it is late or dead,
/// kills it when it hangs and starts it again. Synchronous; inputs and time in, calls of ports out; when steady it allocates nothing.
/// </summary>
public sealed partial class GuardianLoop(RoleBoard board, IGuardianHost host, IAdvertisementPort advertisements)
{
    /// <summary>How long roles are kept without a node.</summary>
    public static readonly TimeSpan LongestCover = TimeSpan.FromSeconds(5);

    private const int KillIntervals = 10;
    private static readonly TimeSpan ShortestHang = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestHang = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortestSilence = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SteadyTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookWhileStarting = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan ShortestLook = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestLook = TimeSpan.FromMilliseconds(100);

    private NodeLife _life = NodeLife.Waiting;
    private Instant _startedAt;
    private Instant _startAt = Instant.Never;
    private TimeSpan _backOff;
    private Instant _incidentAt = Instant.Never;
    private Instant _nextWake = Instant.Never;
    private Instant _graceUntil;
    private bool _stopping;

    /// <summary>How often a node was started again.</summary>
    public long Restarts { get; private set; }

    /// <summary>How often a node was killed because it hung.</summary>
    public long Kills { get; private set; }

    /// <summary>Rounds of advertisements sent for a node.</summary>
    public long Covered { get; private set; }

    /// <summary>How often <see cref="Step"/> was called.</summary>
    public long Rounds { get; private set; }

    /// <summary>The guardian speaks for the node at the moment.</summary>
    public bool IsCovering => _incidentAt != Instant.Never && OwesAny();

    /// <summary>The node serves and its heart beats.</summary>
    public bool IsNodeWell(Instant now) => _life == NodeLife.Serving && now < HangsAt();

    /// <summary>Starts the first node.</summary>
    public void Start(Instant now) => StartNode(now);

    /// <summary>
    /// The daemon is being stopped, and its node does nothing about it: whoever waits for it to leave waits for nothing. A node
    /// that has resigned already may take its time.
    /// </summary>
    public bool HangsWhileLeaving(Instant now)
    {
        if (_life != NodeLife.Serving || board.Leaving)
            return false;
        ReadBoard();
        foreach (var role in _roles)
            if (role.IsOwed && now - role.Slot.DueAt > (role.Interval > ShortestSilence ? role.Interval : ShortestSilence))
                return true; // the others are about to take over from a host that still answers for the addresses
        return now >= HangsAt();
    }

    /// <summary>The daemon is being stopped: the node's end is expected, and nothing is covered or started any more.</summary>
    public void Stop() => _stopping = true;

    /// <summary>The node process could not be started.</summary>
    public void OnStartFailed(Instant now)
    {
        _life = NodeLife.Waiting;
        if (_stopping)
            return;
        host.Report(new GuardianEvent(GuardianEventKind.StartFailed));
        PlanRestart(now);
    }

    /// <summary>The node process has ended.</summary>
    public void OnNodeEnded(Instant now)
    {
        _life = NodeLife.Waiting;
        if (_stopping)
            return;
        host.Report(new GuardianEvent(GuardianEventKind.NodeEnded));
        PlanRestart(now);
        if (board.Leaving)
            return;
        BeginIncident(now);
        HandOver();
    }

    /// <summary>The first one at once: a crash once a day is to cost nothing. One after the other is to cost little.</summary>
    private void PlanRestart(Instant now)
    {
        _backOff = now - _startedAt >= SteadyTime ? TimeSpan.Zero : _backOff == TimeSpan.Zero ? FirstBackOff : Min(_backOff * 2, LongestBackOff);
        _startAt = now + _backOff;
    }

    /// <summary>
    /// Does what is due; to be called whenever the clock has reached what it returned, and after every input. All messages
    /// that arrived before must have been given.
    /// </summary>
    public Instant Step(Instant now)
    {
        Rounds++;
        LookAtOwnLateness(now);
        if (!_stopping)
        {
            if (_life is NodeLife.Starting or NodeLife.Serving)
                LookAtHeart(now);
            if (now >= _startAt)
                StartNode(now);
        }

        var next = Cover(now);
        // A node that has just begun, or a router that has just become Active, is seen soon.
        if (!_stopping && _life is (NodeLife.Starting or NodeLife.Serving))
            next = Instant.Min(Instant.Min(next, Instant.Max(HangsAt(), _graceUntil)), now + LookAgain());
        return _nextWake = Instant.Min(next, _startAt);
    }

    // A role that is younger than this is not covered. Two of the shortest intervals are 20 ms; what the board says may be nonsense.
    private TimeSpan LookAgain()
    {
        if (_life == NodeLife.Starting)
            return LookWhileStarting;
        var twoIntervals = 2 * ShortestInterval();
        return twoIntervals < ShortestLook ? ShortestLook : Min(twoIntervals, LongestLook);
    }

    // One that wakes late was not scheduled, or the whole host was not: the node gets the time to speak for itself first.
    private void LookAtOwnLateness(Instant now)
    {
        if (_nextWake == Instant.Never)
            return;
        var interval = ShortestInterval();
        if (now - _nextWake > interval / 2)
            _graceUntil = now + interval / 2;
    }

    private void LookAtHeart(Instant now)
    {
        if (_life == NodeLife.Starting && board.Serving == board.Incarnation)
        {
            _life = NodeLife.Serving;
            ReadBoard();
        }

        if (_life == NodeLife.Serving && _incidentAt != Instant.Never && board.Heartbeat > _incidentAt)
            EndIncident(now);
        if (now < HangsAt() || now < _graceUntil)
            return;
        host.Report(new GuardianEvent(GuardianEventKind.NodeHung, Time: now - Instant.Max(board.Heartbeat, _startedAt)));
        BeginIncident(now);
        Kill(now);
    }

    private Instant HangsAt()
    {
        if (_life == NodeLife.Starting)
            return _startedAt + StartLimit;
        var patience = KillIntervals * ShortestInterval();
        patience = patience < ShortestHang ? ShortestHang : Min(patience, LongestHang);
        return Instant.Max(board.Heartbeat, _startedAt) + patience;
    }

    private void Kill(Instant now)
    {
        if (_life == NodeLife.Waiting)
            return;
        Kills++;
        _life = NodeLife.Waiting;
        host.KillNode();
        HandOver();
        PlanRestart(now); // what is left of it does nothing any more, so that nobody has to wait for its end
    }

    private void StartNode(Instant now)
    {
        _startAt = Instant.Never;
        board.Incarnation++;
        board.Leaving = false;
        host.StartNode();
        if (board.Incarnation > 1)
        {
            Restarts++;
            host.Report(new GuardianEvent(GuardianEventKind.NodeRestarted, Time: _backOff));
        }

        _startedAt = now;
        _life = NodeLife.Starting;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private enum NodeLife
    {
        /// <summary>There is none.</summary>
        Waiting,

        /// <summary>It has been started and does not serve yet.</summary>
        Starting,

        Serving,
    }
}
