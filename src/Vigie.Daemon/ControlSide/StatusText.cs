using Vigie.Contract;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Daemon.GuardianSide;
using Vigie.Node.Messages;
using Vigie.Node.Routers;
using AddressStatus = Vigie.Contract.AddressStatus;
using FamilyStatus = Vigie.Contract.FamilyStatus;

namespace Vigie.Daemon.ControlSide;

/// <summary>Makes the API's status document of the node's answer.</summary>
internal sealed class StatusText(WallClock clock, Func<GuardianSnapshot> guardian, Func<IReadOnlyDictionary<string, long>> filtered, Func<NotifyStatus?>? notify = null)
{
    public StatusDocument Describe(StatusAnswer answer)
    {
        // The packet filter is asked only where it has rules of ours.
        var strangers = answer.Routers.Any(router => router.Peers.Length > 0) ? filtered() : new Dictionary<string, long>();
        return Describe(answer, router => Describe(router, strangers.GetValueOrDefault(NodeSide.PeerFilter.Counter(router.Name))));
    }

    private StatusDocument Describe(StatusAnswer answer, Func<RouterStatus, VirtualRouterStatus> describe) => new()
    {
        Node = answer.Node.Node,
        Version = VigieVersion.Current,
        Started = clock.At(answer.Node.Started),
        Kernel = Environment.OSVersion.Version.ToString(),
        RealTime = answer.Node.RealTime,
        MemoryLocked = answer.Node.MemoryLocked,
        UnknownVrid = answer.Node.UnknownVrid,
        LostMessages = answer.Node.LostMessages,
        Lateness = new HostLatenessSummary
        {
            P50 = answer.Lateness.Summary.P50, P99 = answer.Lateness.Summary.P99, P9999 = answer.Lateness.Summary.P9999,
            Max = answer.Lateness.Summary.Max, Count = answer.Lateness.Summary.Count, Late = answer.Lateness.Summary.Late,
            Since = clock.At(answer.Node.Started),
            Buckets = [.. answer.Lateness.Buckets.Select(b => new Contract.LatenessBucket(b.LimitMicroseconds, b.Count))],
        },
        NodeProcess = ProcessFigures.Of(answer.Node.ProcessId, answer.Node.AllocatedBytes, answer.Node.Collections),
        ControlProcess = ProcessFigures.Of(Environment.ProcessId, GC.GetTotalAllocatedBytes(), GC.CollectionCount(0)),
        Guardian = Describe(guardian()),
        Notify = notify?.Invoke(),
        VirtualRouters = [.. answer.Routers.Select(describe)],
    };

    private static GuardianStatus? Describe(in GuardianSnapshot guardian) => guardian.Pid == 0
        ? null
        : new GuardianStatus
        {
            Pid = guardian.Pid,
            NodePid = guardian.NodePid,
            NodeRestarts = guardian.NodeRestarts,
            NodeKills = guardian.NodeKills,
            AdvertisementsCovered = guardian.Covered,
            Covering = guardian.Covering,
            ControlRestarts = guardian.ControlRestarts,
            Rounds = guardian.Rounds,
            SteadyAllocatedBytes = guardian.SteadyBytes,
            Collections = guardian.Collections,
        };

    private VirtualRouterStatus Describe(RouterStatus router, long strangers) => new()
    {
        Name = router.Name,
        Vrid = router.Vrid,
        Interface = router.Interface,
        Version = (int)router.Version,
        State = router.State switch
        {
            RouterState.Initialize => VirtualRouterState.Initialize,
            RouterState.Backup => VirtualRouterState.Backup,
            RouterState.Active => VirtualRouterState.Active,
            RouterState.Fault => VirtualRouterState.Fault,
        },
        Priority = router.Priority,
        Leaving = router.Leaving,
        StandsAside = router.Aside switch
        {
            AsideCause.None => null,
            AsideCause.Switchover => "switchover",
            AsideCause.Drain => "drain",
        },
        Addresses = [.. router.Addresses.Select(a => new AddressStatus(a.Address.ToString(), a.Present))],
        Active = Active(router),
        Since = router.Since == Core.Instant.Zero ? null : clock.At(router.Since),
        Reason = Reason(router),
        Remedy = router.State == RouterState.Fault ? ReasonText.Remedy(router.Reason, router.Interface) : null,
        Transitions = router.Transitions,
        PreemptionHeldUntil = IsHeld(router) ? clock.At(router.PreemptionHeldUntil) : null,
        Advertisements = new AdvertisementCounts { Sent = router.Sent, Received = router.Received, Dropped = Dropped(router, strangers) },
        Lateness = new LatenessSummary
        {
            P50 = router.Lateness.P50, P99 = router.Lateness.P99, P9999 = router.Lateness.P9999,
            Max = router.Lateness.Max, Count = router.Lateness.Count, Late = router.Lateness.Late,
        },
        KeepsTime = !router.TimeLost,
        AdvertisementIntervalMs = router.AdvertisementInterval.TotalMilliseconds,
        ActiveAdvertisementIntervalMs = router.Families.Select(f => (double?)f.ActiveAdverInterval.TotalMilliseconds).FirstOrDefault(),
        Peers = [.. router.Peers.Select(p => p.ToString())],
        ForeignClaims = router.ForeignClaims,
        LastForeignClaim = router.LastClaimAddress.IsNone
            ? null
            : new ForeignClaim(router.LastClaimAddress.ToString(), router.LastClaimMac.ToString(), clock.At(router.LastClaimAt)),
        AnnouncementsSent = router.AnnouncementsSent,
        AddressListMismatches = router.AddressListMismatches,
        Families = [.. router.Families.Select(f => new FamilyStatus
        {
            Family = f.Family == IpFamily.IPv4 ? "ipv4" : "ipv6",
            Source = f.Source.IsNone ? null : f.Source.ToString(),
            Active = ActiveOf(router, f),
            ActivePriority = router.State == RouterState.Active ? router.Priority : f.ActiveSource.IsNone ? null : f.ActivePriority,
        })],
    };

    private static string? Active(RouterStatus router)
    {
        foreach (var family in router.Families)
            if (ActiveOf(router, family) is { } active)
                return active;
        return null;
    }

    private static string? ActiveOf(RouterStatus router, Node.Messages.FamilyStatus family)
    {
        var active = router.State == RouterState.Active ? family.Source : family.ActiveSource;
        return active.IsNone ? null : active.ToString();
    }

    private static string Reason(RouterStatus router)
    {
        var reason = ReasonText.Of(router.Reason);
        if (router.State == RouterState.Fault && router.AddressError != 0)
            reason += $": {router.AddressErrorAt}, {ReasonText.Error(router.AddressError)}";
        if (router is { State: RouterState.Fault, Reason: TransitionReason.AddressConflict })
            reason += $": {router.LastClaimAddress} is at {router.LastClaimMac} on {router.Interface}";
        if (IsHeld(router))
            reason += "; lost the role too often, and leaves it to whoever serves for a while";
        return router.SendError == 0 ? reason : $"{reason}; advertisements cannot be sent: {ReasonText.Error(router.SendError)}";
    }

    private static bool IsHeld(RouterStatus router) =>
        router.State is RouterState.Backup or RouterState.Fault && router.PreemptionHeldUntil > Linux.Clock.Now();

    private static Dictionary<string, long> Dropped(RouterStatus router, long strangers)
    {
        var dropped = new Dictionary<string, long>();
        for (var i = 0; i < router.Drops.Length; i++)
            if (router.Drops[i] > 0)
                dropped[ReasonText.Word((DropReason)i)] = router.Drops[i];
        if (strangers > 0)
            dropped[ReasonText.Word(DropReason.UnknownPeer)] = router.Drops[(int)DropReason.UnknownPeer] + strangers;
        return dropped;
    }
}
