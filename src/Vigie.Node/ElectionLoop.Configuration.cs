using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Node.Events;
using Vigie.Node.Ports;
using Vigie.Node.Routers;

namespace Vigie.Node;

// A new configuration in a running host. It has been checked already, so that nothing here can fail half-way.
public sealed partial class ElectionLoop
{
    /// <summary>
    /// Makes another configuration live. Virtual routers that did not change keep state, timers and counters; one whose
    /// identity (name, VRID, interface, version, families) is the same keeps its role; the others leave and begin anew.
    /// </summary>
    public ReconfigureOutcome Reconfigure(Instant now, NodeConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var outcome = new ReconfigureOutcome();
        var wanted = config.VirtualRouters.ToDictionary(r => r.Name);
        List<(RouterRuntime Router, VirtualRouterConfig Next)> changed = [];
        // Everything that is removed goes first: an address may move from one virtual router to another, and must not be
        // taken away by the one after the other has added it.
        for (var i = _routers.Count - 1; i >= 0; i--)
        {
            var router = _routers[i];
            if (!router.Departing && wanted.TryGetValue(router.Config.Name, out var next) && IsSameRouter(router.Config, next))
            {
                wanted.Remove(router.Config.Name);
                if (!router.Config.Equals(next))
                {
                    outcome.Changed.Add(next.Name);
                    CutLeave(now, router); // it was to give up addresses that the new settings may not know
                    RemoveDropped(router, next);
                    changed.Add((router, next));
                }

                continue;
            }

            if (router.Departing)
            {
                if (IsWantedElsewhere(router, config))
                    LeaveAtOnce(now, i);
                continue;
            }

            outcome.Removed.Add(router.Config.Name);
            if (IsWantedElsewhere(router, config))
                LeaveAtOnce(now, i);
            else
                Depart(now, i);
        }

        foreach (var (router, next) in changed)
            Change(now, router, next);
        Config = config;
        List<RouterRuntime> added = [];
        foreach (var router in config.VirtualRouters)
            if (wanted.ContainsKey(router.Name))
                added.Add(new RouterRuntime(_nextSlot++, router));
        if (Drained)
            foreach (var router in added)
                router.Election.OnStandAside(now, AsideCause.Drain, _effects);
        outcome.Added.AddRange(added.Select(router => router.Config.Name));
        _routers.AddRange(added);
        OrderAsConfigured();
        IndexRouters();
        _listeningChanged = true;
        ListenIfChanged();
        foreach (var router in _routers)
            Evaluate(now, router);
        _events.Report(new NodeEvent { Kind = NodeEventKind.Reconfigured, At = now, Router = -1, Count = _inConfigurationOrder.Count });
        return outcome;
    }

    /// <summary>Whether the other settings describe the same virtual router on the wire and on the host.</summary>
    public static bool IsSameRouter(VirtualRouterConfig one, VirtualRouterConfig other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return one.Name == other.Name && one.Vrid == other.Vrid && one.Interface == other.Interface && one.Version == other.Version
            && one.HasFamily(IpFamily.IPv4) == other.HasFamily(IpFamily.IPv4)
            && one.HasFamily(IpFamily.IPv6) == other.HasFamily(IpFamily.IPv6);
    }

    private void RemoveDropped(RouterRuntime router, VirtualRouterConfig next)
    {
        if (router.Election.State != RouterState.Active || router.Interface is not { } on)
            return;
        List<IpPrefix> dropped = [];
        foreach (var address in router.Config.Addresses)
        {
            if (next.Addresses.Any(a => a.Address == address.Address))
                continue;
            if (on.TryGetOurs(address.Address, out var held))
                dropped.Add(held);
            else if (!on.HoldsForeign(address.Address))
                dropped.Add(on.KernelForm(address)); // being added just now: the kernel has not told of it yet
        }

        if (dropped.Count > 0)
            _network.Apply(new AddressPlan(router.Slot, router.Generation, on.Index, [.. dropped], dropped.Count, Present: false, 0));
    }

    private void Change(Instant now, RouterRuntime router, VirtualRouterConfig next)
    {
        router.BoardIndex = -1; // its place was made for the old settings; it gets another with the new board
        router.Prepare(next);
        router.ForgetMismatches();
        router.ReportedDrops = 0;
        router.DuplicateOwnerReported = false;
        router.Election.OnReconfigured(now, next, _effects);
        Run(now, router, Instant.Never);
    }
}
