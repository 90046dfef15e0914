using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;

namespace Vigie.Simulation.Worlds;

/// <summary>How a fault excuses what follows.</summary>
internal enum Disturbance
{
    /// <summary>Somebody is gone or silent: others take over, and that stands.</summary>
    Departure,

    /// <summary>Somebody came who may be better than the present owner.</summary>
    Arrival,

    /// <summary>A paused host runs again: others may have to yield to it, but it must not itself take over for nothing.</summary>
    Resumption,

    /// <summary>Settings or speeds changed.</summary>
    Other,
}

// Two kinds of checks. What must never happen is checked where it would happen (Checkers.Acts.cs). What must not last is
// checked here: a condition, since when it holds, and a bound; faults that could excuse it set its clock back.

/// <summary>Looks on and throws <see cref="ViolationException"/> when something is that must not be.</summary>
internal sealed partial class Checkers
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private readonly World _world;
    private readonly RouterView[,] _views;
    private readonly RouterConditions[] _conditions;
    private readonly List<(Instant At, int Host, Disturbance Kind)> _disturbances = [];
    private readonly Dictionary<(int Host, IpAddress Address), Instant> _removedAt = [];
    private int _unhealthy;
    private Instant _lastUnhealthy = new(-1);
    private Instant _lastDisturbance = Instant.Zero;

    public Checkers(World world)
    {
        _world = world;
        var plan = world.Plan;
        _views = new RouterView[plan.Hosts, plan.Routers];
        for (var host = 0; host < plan.Hosts; host++)
            for (var router = 0; router < plan.Routers; router++)
                _views[host, router] = new RouterView();
        _conditions = [.. Enumerable.Range(0, plan.Routers).Select(_ => new RouterConditions(plan.Hosts))];
        // Two takeovers one after another, and the time a delayed preemption waits in between.
        SettleTime = 10 * plan.LongestInterval + plan.LongestPreemptDelay + TimeSpan.FromMilliseconds(400);
    }

    /// <summary>After this long without a fault nothing may move any more.</summary>
    public TimeSpan SettleTime { get; }

    private Instant Now => _world.Now;

    /// <summary>A packet's way and what a wake-up may be late.</summary>
    private TimeSpan Net => _world.Plan.Latency + Millisecond + _world.Plan.LongestInterval / 500;

    /// <summary>Since when nothing has excused anything.</summary>
    private Instant CalmSince => _unhealthy > 0 ? Now : Instant.Max(_lastUnhealthy, _lastDisturbance);

    public bool IsActiveSomewhere(SimulatedHost host)
    {
        for (var router = 0; router < _world.Plan.Routers; router++)
            if (_views[host.Number, router].State == RouterState.Active)
                return true;
        return false;
    }

    public void Disturb(SimulatedHost host, Disturbance kind)
    {
        Observe();
        if (kind == Disturbance.Departure)
            ForgetIfUnheard(host);
        _disturbances.Add((Now, host.Number, kind));
        _lastDisturbance = Now;
    }

    public void BeginUnhealthy()
    {
        Observe();
        _unhealthy++;
        _lastUnhealthy = Now;
    }

    public void EndUnhealthy()
    {
        _unhealthy--;
        _lastUnhealthy = Now;
    }

    /// <summary>Judges what has been so since the last time, then takes note of what is now.</summary>
    public void Observe()
    {
        for (var router = 0; router < _world.Plan.Routers; router++)
            Observe(router, _conditions[router]);
    }

    /// <summary>The world has been quiet for long: everything must be in its place.</summary>
    public void AtTheEnd()
    {
        for (var router = 0; router < _world.Plan.Routers; router++)
        {
            var fit = 0;
            var actives = 0;
            foreach (var host in _world.Hosts)
            {
                fit += IsFit(host, router) ? 1 : 0;
                actives += _views[host.Number, router].State == RouterState.Active ? 1 : 0;
            }

            foreach (var host in _world.Hosts)
                if (host.Runs && _views[host.Number, router].InConflict && _world.TheStranger.HoldsSince == Instant.Never)
                    throw new ViolationException($"at the end {host} still leaves router {router} to somebody who has gone");
            if (fit > 0 && actives != 1)
                throw new ViolationException($"at the end router {router} has {actives} Actives among {fit} fit hosts");
        }
    }

    /// <summary>
    /// An owner that goes while it cannot be heard leaves nobody who knew of it: no protocol tells the neighbours. They
    /// find out by themselves when it does not answer any more.
    /// </summary>
    private void ForgetIfUnheard(SimulatedHost host)
    {
        if (_unhealthy > 0 || Now - _lastUnhealthy < 2 * _world.Plan.LongestInterval)
        {
            _world.TheClient.Forget(host.Mac);
            // Its last announcements may still be under way (seeds 1007595 and 1010115).
            _world.After(_world.Plan.Latency + _world.Segment.ExtraOnTheWay(host.Number, World.Client), _ => _world.TheClient.Forget(host.Mac));
        }
    }

    private void Observe(int router, RouterConditions conditions)
    {
        var actives = 0;
        var servers = 0;
        var liveServers = 0;
        var fit = 0;
        SimulatedHost? active = null;
        foreach (var host in _world.Hosts)
        {
            var view = _views[host.Number, router];
            var serves = ServesAll(host, router);
            var isActive = host.Runs && host.Kernel.LinkUp && view.State == RouterState.Active;
            servers += serves ? 1 : 0;
            liveServers += AnswersForAll(host, router) && host.Runs && !host.Stopping ? 1 : 0;
            fit += IsFit(host, router) ? 1 : 0;
            if (isActive)
            {
                actives++;
                active = host;
            }

            ObserveHost(host, router, view, conditions);
        }

        var interval = _world.Plan.LongestInterval;
        var kernel = KernelBound();
        Lasts(ref conditions.Nobody, servers == 0 && fit > 0, 4 * interval + interval / 2 + Net + kernel,
            router, "nobody holds the virtual addresses though a fit host is connected");
        Lasts(ref conditions.TwoActives, actives > 1, interval + 2 * Net, router, "two Actives on a healthy segment");
        Lasts(ref conditions.TwoServers, liveServers > 1, interval + 2 * Net + kernel, router, "two hosts hold the virtual addresses");
        Lasts(ref conditions.ClientMisled,
            actives == 1 && liveServers == 1 && servers == 1 && ServesAll(active!, router) && IsClientMisled(active!, router),
            interval + TimeSpan.FromMilliseconds(1200) + 2 * Net + kernel, router, "the client's neighbour cache does not point at the Active");
    }

    private void ObserveHost(SimulatedHost host, int router, RouterView view, RouterConditions conditions)
    {
        var runs = host.Runs && !host.Stopping && host.Kernel.LinkUp;
        var isActive = view.State == RouterState.Active;
        // Both families of a pair are on one host: an address of either without the role is a violation here.
        Lasts(ref conditions.Stranger[host.Number], runs && !isActive && HoldsAnyOfOurs(host, router), LeaveBound(view, host, router),
            router, $"{host} holds a virtual address without being Active");
        Lasts(ref conditions.Missing[host.Number], runs && isActive && !host.Kernel.RefusesAddresses && !ServesEveryConfigured(host, router),
            KernelBound(), router, $"{host} is Active and an address is missing");
        // Nobody else answers any more: it is asked every half second while a peer that died may have left the address.
        Lasts(ref conditions.InConflict[host.Number], runs && view.InConflict && NobodyAnswers(router), ConflictBound(view), router,
            $"{host} leaves the role to somebody who has gone");
        if (runs && isActive && !SendsInTime(host, router, view))
            throw new ViolationException($"{host} is Active for router {router} and has not advertised since {view.LastSentAt}");
    }

    private void Lasts(ref Instant since, bool holds, TimeSpan bound, int router, string what)
    {
        if (since != Instant.Never && Now - Instant.Max(since, CalmSince) > bound)
            throw new ViolationException($"router {router}: {what} since {Instant.Max(since, CalmSince)}, longer than {bound.TotalMilliseconds} ms");
        if (!holds)
            since = Instant.Never;
        else if (since == Instant.Never)
            since = Now;
    }

    /// <summary>Three plans and what tells of them: remove, hold, hold again after an address was lost in between.</summary>
    private TimeSpan KernelBound()
    {
        var slowest = TimeSpan.Zero;
        foreach (var host in _world.Hosts)
            if (host.Kernel.SlownessSeen > slowest)
                slowest = host.Kernel.SlownessSeen;
        return (8 * _world.Plan.KernelDelay + 4 * slowest) * _world.Plan.Routers + Millisecond;
    }

    /// <summary>How long a planned leave waits for a successor: three intervals, one second to ten.</summary>
    public static TimeSpan Succession(TimeSpan interval)
    {
        var succession = 3 * interval;
        return succession < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1)
            : succession > TimeSpan.FromSeconds(10) ? TimeSpan.FromSeconds(10) : succession;
    }

    // A router that yielded holds its addresses for a second at most, so that the successor can announce them; one that
    // resigned waits for a successor before that.
    private TimeSpan LeaveBound(RouterView view, SimulatedHost host, int router)
    {
        var bound = KernelBound() + TimeSpan.FromSeconds(1.01) + host.Config.VirtualRouters[router].AdvertisementInterval / 100;
        return !view.Resigned ? bound
            : bound + 1.01 * Succession(host.Config.VirtualRouters[router].AdvertisementInterval) + 2 * _world.Plan.LongestInterval;
    }

    private bool IsFit(SimulatedHost host, int router) =>
        host.Runs && !host.Stopping && !host.Drained && host.Kernel.LinkUp && !host.Kernel.RefusesAddresses
        && _views[host.Number, router].State is RouterState.Backup or RouterState.Active;

    private bool ServesAll(SimulatedHost host, int router) =>
        (_world.Plan.Families[router] == 6 || host.Kernel.Serves(WorldPlan.VirtualIPv4(router, 0).Address))
        && (_world.Plan.Families[router] == 4 || host.Kernel.Serves(WorldPlan.VirtualIPv6(router, 0).Address));

    private bool AnswersForAll(SimulatedHost host, int router) =>
        (_world.Plan.Families[router] == 6 || host.Kernel.Answers(WorldPlan.VirtualIPv4(router, 0).Address))
        && (_world.Plan.Families[router] == 4 || host.Kernel.Answers(WorldPlan.VirtualIPv6(router, 0).Address));

    private static bool HoldsAnyOfOurs(SimulatedHost host, int router)
    {
        foreach (var address in host.Config.VirtualRouters[router].Addresses)
            if (host.Kernel.HoldsOurs(address.Address))
                return true;
        return false;
    }

    private static bool ServesEveryConfigured(SimulatedHost host, int router)
    {
        foreach (var address in host.Config.VirtualRouters[router].Addresses)
            if (!host.Kernel.Serves(address.Address))
                return false;
        return true;
    }

    private bool IsClientMisled(SimulatedHost active, int router)
    {
        foreach (var address in active.Config.VirtualRouters[router].Addresses)
            if (_world.TheClient.Believes(address.Address) is { } mac && mac != active.Mac)
                return true;
        return false;
    }

    private bool NobodyAnswers(int router)
    {
        foreach (var host in _world.Hosts)
            foreach (var address in host.Config.VirtualRouters[router].Addresses)
                if (host.Kernel.Serves(address.Address) || _world.TheStranger.HoldsAnyOf([address]))
                    return false;
        return true;
    }

    private TimeSpan ConflictBound(RouterView view) =>
        TimeSpan.FromSeconds(Now - view.ConflictSince < 4 * _world.Plan.LongestInterval + TimeSpan.FromSeconds(2) ? 1 : 61) + KernelBound();

    private bool SendsInTime(SimulatedHost host, int router, RouterView view)
    {
        var interval = host.Config.VirtualRouters[router].AdvertisementInterval;
        return Now - Instant.Max(view.LastSentAt, host.RunsSince) <= interval + interval / 500 + Millisecond;
    }

    /// <summary>What is known of one router on one host.</summary>
    private sealed class RouterView
    {
        public RouterState State { get; set; }

        public Instant PromotedAt { get; set; }

        public Instant LastSentAt { get; set; }

        /// <summary>Since when it has listened without hearing anybody; Never when that is over.</summary>
        public Instant ListensFirstSince { get; set; } = Instant.Never;

        /// <summary>It leaves the role to another station that answers for an address.</summary>
        public bool InConflict { get; set; }

        public Instant ConflictSince { get; set; }

        /// <summary>It sent priority 0 when it was last Active no more.</summary>
        public bool Resigned { get; set; }

        /// <summary>When it last sent priority 0 and nobody has spoken since; Never otherwise.</summary>
        public Instant ResignedAt { get; set; } = Instant.Never;

        public Heard? HeardIPv4 { get; set; }

        public Heard? HeardIPv6 { get; set; }

        /// <summary>Since when an Active of lower priority has been heard without a break, for each family.</summary>
        public Instant[] LowerSince { get; } = [Instant.Never, Instant.Never];
    }

    private sealed record Heard(
        Instant At, IpAddress Source, byte Priority, TimeSpan Interval, IpAddress Displaced, Instant DisplacedAt);

    /// <summary>Since when each condition of one router holds; Never when it does not.</summary>
    private sealed class RouterConditions(int hosts)
    {
        public Instant Nobody = Instant.Never;
        public Instant TwoActives = Instant.Never;
        public Instant TwoServers = Instant.Never;
        public Instant ClientMisled = Instant.Never;
        public readonly Instant[] Stranger = NewClocks(hosts);
        public readonly Instant[] Missing = NewClocks(hosts);
        public readonly Instant[] InConflict = NewClocks(hosts);

        private static Instant[] NewClocks(int count)
        {
            var clocks = new Instant[count];
            Array.Fill(clocks, Instant.Never);
            return clocks;
        }
    }
}
