using Vigie.Core;
using Vigie.Core.Election;

namespace Vigie.Simulation.Worlds.Guarded;

// Three things are excused, each on its own:
//
//   roles may move     after every fault but those that the guardian must cover (the node dies or hangs while the guardian runs, or
//                      the guardian is stopped beside a healthy node)
//   service may fail   after every fault but those, and a planned leave or the start of a host; and when two faults fall together
//   nothing is judged  while packets get lost, late, in disorder or one way only
//
// What must not last is judged here; what must never happen, where it happens, in GuardedWatch.Acts.cs.

/// <summary>Looks on and throws <see cref="ViolationException"/> when something is that must not be.</summary>
internal sealed partial class GuardedWatch
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    /// <summary>What was lost in a bad network is announced again within this time (AnnouncementSchedule.RefreshInterval).</summary>
    private static readonly TimeSpan LongestRefresh = TimeSpan.FromSeconds(31);

    private readonly GuardedWorld _world;
    private readonly HostView[] _views;
    private readonly TimeSpan _lifetime;
    private readonly TimeSpan _longestSilence;
    private readonly TimeSpan _guardianLook;
    private readonly TimeSpan _youngRole;
    private Instant _excusedAt;
    private Instant _brokenAt;
    private Instant _arrivalAt;
    private Instant _faultAt;
    private Instant _faultBeforeAt;
    private Instant _unhealthyAt;
    private Instant _blindUntil;
    private int _unhealthy;
    private Instant _hungAt;
    private Instant _unseenAt;
    private Instant _nobodySince = Instant.Never;
    private Instant _twoSince = Instant.Never;
    private Instant _misledSince = Instant.Never;

    public GuardedWatch(GuardedWorld world)
    {
        _world = world;
        _views = new HostView[world.Hosts.Length];
        for (var i = 0; i < _views.Length; i++)
            _views[i] = new HostView();
        // Four intervals and what whole seconds add: said here once more, so that a mistake does not excuse itself.
        _lifetime = 4 * world.Interval + TimeSpan.FromSeconds(2.25);
        _longestSilence = 1.5 * world.Interval + TimeSpan.FromMilliseconds(5);
        // A guardian looks at the board every second interval, at least ten times a second, and so long a new role is not covered.
        _guardianLook = TimeSpan.FromMilliseconds(Math.Min(100, 2 * world.Interval.TotalMilliseconds));
        _youngRole = 2 * world.Interval + 2 * _guardianLook;
        // A role may be covered for 5 s, a node waits up to 5 s for its start, a takeover and a preemption follow.
        SettleTime = TimeSpan.FromSeconds(12) + 12 * world.Interval;
    }

    /// <summary>So long after an excuse nothing may move any more.</summary>
    public TimeSpan SettleTime { get; }

    private Instant Now => _world.Now;

    private bool Settled => _unhealthy == 0 && Now - _excusedAt > SettleTime;

    private bool ServiceSettled => _unhealthy == 0 && Now > _blindUntil && Now - _brokenAt > SettleTime;

    private TimeSpan Interval => _world.Interval;

    private TimeSpan Net => GuardedSegment.Latency + Millisecond + Interval / 500;

    private TimeSpan Kernel
    {
        get
        {
            var bound = 8 * GuardedKernel.Delay + Millisecond;
            foreach (var host in _world.Hosts)
                if (host.Kernel.WasSlow)
                    return bound + 4 * GuardedKernel.LongestSlowness;
            return bound;
        }
    }

    /// <summary>The present fault is the only one for long.</summary>
    public bool IsAlone => _faultAt - _faultBeforeAt > SettleTime;

    /// <summary>Something happens: a fault, or an operator's wish.</summary>
    public void OnFault()
    {
        if (Now - _faultAt < SettleTime)
            _brokenAt = Now;
        _faultBeforeAt = _faultAt;
        _faultAt = Now;
        BlindIfUnheard();
    }

    /// <summary>And is over.</summary>
    public void OnFaultOver() => _faultBeforeAt = _faultAt = Now;

    /// <summary>Something happened that may rightly move roles and interrupt the service.</summary>
    public void Excuse()
    {
        ExcuseArrival();
        _brokenAt = Now;
    }

    /// <summary>Somebody came who may be better than the present owner. He must take over without a gap.</summary>
    public void ExcuseArrival()
    {
        ExcuseRoles();
        _arrivalAt = Now;
    }

    /// <summary>Somebody is gone without a word: another one takes over, and that stands.</summary>
    public void ExcuseDeparture()
    {
        ExcuseRoles();
        _brokenAt = Now;
    }

    /// <summary>Somebody leaves in order: another one, if there is one, takes over without a gap, and that stands.</summary>
    public void ExcuseLeave(GuardedHost leaving)
    {
        ExcuseRoles();
        foreach (var host in _world.Hosts)
            if (host != leaving && IsFit(host))
                return;
        _brokenAt = Now;
    }

    /// <summary>Addresses are missing for a moment; no role moves.</summary>
    public void ExcuseService()
    {
        Observe();
        _brokenAt = Now;
    }

    public void BeginUnhealthy()
    {
        Excuse();
        _unhealthy++;
    }

    /// <param name="lossy">The client may have missed or mixed up announcements, too.</param>
    public void EndUnhealthy(bool lossy)
    {
        Excuse();
        _unhealthyAt = Now;
        _unhealthy--;
        if (lossy)
            _blindUntil = Now + LongestRefresh;
    }

    /// <summary>A host that was kept from preempting may do so then.</summary>
    public void OnHeld(GuardedHost host, TimeSpan hold)
    {
        _views[host.Number].HeldUntil = Now + hold;
        _world.After(hold - Millisecond, ExcuseArrival);
    }

    /// <summary>Judges what has been so since the last time, then takes note of what is now.</summary>
    public void Observe()
    {
        var answering = 0;
        var atWork = 0;
        var fit = 0;
        var actives = 0;
        GuardedHost? active = null;
        foreach (var host in _world.Hosts)
        {
            var answers = host.Kernel.AnswersForAll();
            answering += answers ? 1 : 0;
            var speaks = host.NodeRuns || (host.GuardianKnows && _views[host.Number].LastSent != Instant.Never);
            atWork += answers && !host.Leaving && speaks && Now > _views[host.Number].LeavesUntil ? 1 : 0;
            fit += IsFit(host) ? 1 : 0;
            // For a node that hangs its guardian speaks half an interval later and grants it one to yield by itself.
            if (host.GuardianRuns && !host.NodeRuns)
                _hungAt = Now;
            if (host.GuardianRuns && host.NodePaused && Now - _views[host.Number].PromotedAt < _youngRole)
                _unseenAt = Now;
            if (host.State == RouterState.Active && host.NodeRuns)
            {
                actives++;
                active = host;
            }

            ObserveHost(host, _views[host.Number]);
        }

        var excusedAt = _unhealthy > 0 ? Now : _excusedAt;
        Lasts(ref _nobodySince, answering == 0 && fit > 0, 4.5 * Interval + Net + Kernel, Instant.Max(excusedAt, _brokenAt),
            null, "nobody answers for the virtual addresses though a fit host is there");
        var longest = Now - _hungAt < 2.5 * Interval ? 2.5 * Interval : Interval;
        if (Now - _unseenAt < longest + _guardianLook)
            longest += _guardianLook;
        Lasts(ref _twoSince, atWork > 1, longest + 2 * Net + Kernel, excusedAt, null, "two hosts answer for the virtual addresses");
        Lasts(ref _misledSince, actives == 1 && answering == 1 && active!.Kernel.AnswersForAll() && IsClientMisled(active),
            Interval + TimeSpan.FromMilliseconds(1200) + 2 * Net + Kernel, Instant.Max(excusedAt, _blindUntil),
            null, "the client sends to another host than the Active");
        if (fit > 0 && ServiceSettled)
            CheckService();
    }

    public void AtTheEnd()
    {
        var fit = 0;
        var actives = 0;
        foreach (var host in _world.Hosts)
        {
            fit += IsFit(host) ? 1 : 0;
            actives += host.State == RouterState.Active ? 1 : 0;
        }

        if (fit > 0 && actives != 1)
            throw new ViolationException($"at the end there are {actives} Actives among {fit} fit hosts");
    }

    private void ExcuseRoles()
    {
        Observe();
        _excusedAt = Now;
    }

    private void ObserveHost(GuardedHost host, HostView view)
    {
        var kernel = host.Kernel;
        // A guardian speaks for a role, not for one that was given up: what a node that died in a leave has left, the kernel ends.
        var stale = host is { Powered: true, Frozen: false, NodeRuns: false } && kernel.HoldsAny && (!host.GuardianRuns || view.LastSent == Instant.Never);
        Lasts(ref view.StaleSince, stale, _lifetime + TimeSpan.FromMilliseconds(500), Instant.Zero, host, "holds a virtual address that nobody is responsible for");
        var runs = host is { NodeRuns: true, Leaving: false } && kernel.LinkUp;
        var excusedAt = _unhealthy > 0 ? Now : _excusedAt;
        Lasts(ref view.StrangerSince, runs && host.State != RouterState.Active && kernel.HoldsAny, LeaveBound(view), excusedAt,
            host, "holds a virtual address without being Active");
        Lasts(ref view.MissingSince, runs && host.State == RouterState.Active && !kernel.RefusesAddresses && !kernel.ServesAll(), Kernel, excusedAt,
            host, "is Active and an address is missing");
        if (host.NodeRuns || host.GuardianKnows)
            CheckSilence(host, view);
    }

    /// <summary>
    /// Client's view: the host to which it sends holds the address. Whoever has left in order does so until the client knows of its
    /// successor, and a node that dies or hangs is covered.
    /// </summary>
    private void CheckService()
    {
        foreach (var prefix in _world.Hosts[0].Config.Addresses)
            if (_world.Client.Believes(prefix.Address) is var at and >= 0 && !_world.Hosts[at].Kernel.Serves(prefix.Address))
                throw new ViolationException($"the client sends to host{at}, which does not hold {prefix}, though no fault since {_brokenAt} excuses it");
    }

    private bool IsClientMisled(GuardedHost active)
    {
        foreach (var prefix in active.Config.Addresses)
            if (_world.Client.Believes(prefix.Address) is var at and >= 0 && at != active.Number)
                return true;
        return false;
    }

    // A router that yielded holds its addresses for a second at most, so that the successor can announce them; one that
    // resigned waits for a successor before that, and a little longer when it was stopped meanwhile.
    private TimeSpan LeaveBound(HostView view)
    {
        var bound = Kernel + TimeSpan.FromSeconds(1.01) + Interval / 100;
        return view.Resigned ? bound + 1.01 * Checkers.Succession(Interval) + 2 * Interval : bound;
    }

    private static bool IsFit(GuardedHost host) =>
        host is { Powered: true, NodeRuns: true, Leaving: false, Drained: false } && host.Kernel is { LinkUp: true, RefusesAddresses: false }
        && host.State is RouterState.Active or RouterState.Backup;

    private void Lasts(ref Instant since, bool holds, TimeSpan bound, Instant excusedAt, GuardedHost? host, string what)
    {
        if (since != Instant.Never && Now - Instant.Max(since, excusedAt) > bound)
            throw new ViolationException($"{(host is null ? "" : $"{host} ")}{what} since {Instant.Max(since, excusedAt)}, longer than {bound.TotalMilliseconds} ms");
        if (!holds)
            since = Instant.Never;
        else if (since == Instant.Never)
            since = Now;
    }

    /// <summary>What is known of a host.</summary>
    private sealed class HostView
    {
        /// <summary>By whichever process; Never when the role was given up.</summary>
        public Instant LastSent = Instant.Never;
        public Instant StaleSince = Instant.Never;
        public Instant StrangerSince = Instant.Never;
        public Instant MissingSince = Instant.Never;

        public Instant PromotedAt { get; set; }

        /// <summary>It leaves an Active of lower priority alone until then.</summary>
        public Instant HeldUntil { get; set; }

        /// <summary>It left when its clock stood still, and may hold its addresses until then.</summary>
        public Instant LeavesUntil { get; set; }

        public Instant RemovedAt { get; set; } = Instant.Never;

        /// <summary>When it last sent priority 0 and nobody has spoken since; Never otherwise.</summary>
        public Instant ResignedAt { get; set; } = Instant.Never;

        /// <summary>It sent priority 0 when it was last Active no more.</summary>
        public bool Resigned { get; set; }

        /// <summary>It has begun and heard nobody yet.</summary>
        public bool ListensFirst { get; set; }

        public Heard HeardIPv4 { get; set; }

        public Heard HeardIPv6 { get; set; }
    }

    /// <summary>Whom a host takes for the Active; Zero when nobody.</summary>
    private readonly record struct Heard(Instant At, Vigie.Core.Net.IpAddress Source, byte Priority);
}
