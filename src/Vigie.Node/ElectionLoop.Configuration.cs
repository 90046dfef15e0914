using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Node.Events;
using Vigie.Node.Ports;
using Vigie.Node.Routers;

namespace Vigie.Node;

// A new configuration in a running host. It has been checked, and the kernel has granted what it needs, so that nothing here
// can fail half-way.
public sealed partial class ElectionLoop
{
    /// <summary>
    /// Makes another configuration live. Virtual routers that did not change keep state, timers and counters; one whose
    /// identity (name, VRID, interface, version, families) is the same keeps its role; the others leave and begin anew.
    /// <see cref="BeginReconfigure"/> asks the kernel first.
    /// </summary>
    public ReconfigureOutcome Reconfigure(Instant now, NodeConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var (outcome, steps) = Match(config);
        ShortenHandovers(now, config);
        foreach (var (router, next) in steps)
            BeginHandovers(now, router, next, config);
        // Everything that is removed goes first: an address may move from one virtual router to another, and must not be
        // taken away by the one after the other has added it.
        foreach (var (router, next) in steps)
        {
            if (next is not null)
            {
                CutLeave(now, router); // it was to give up addresses that the new settings may not know
                RemoveDropped(router, next);
            }
            else if (IsWantedElsewhere(router, config))
            {
                LeaveAtOnce(now, _routers.IndexOf(router));
            }
            else if (!router.Departing)
            {
                Depart(now, _routers.IndexOf(router));
            }
        }

        foreach (var (router, next) in steps)
            if (next is not null)
                Change(now, router, next);
        Config = config;
        List<RouterRuntime> added = [];
        foreach (var router in config.VirtualRouters)
            if (outcome.Added.Contains(router.Name))
                added.Add(new RouterRuntime(_nextSlot++, router, _schedule));
        if (Drained)
            foreach (var router in added)
                router.Election.OnStandAside(now, AsideCause.Drain, _effects);
        _routers.AddRange(added);
        Reserve();
        OrderAsConfigured();
        IndexRouters();
        _listeningChanged = true;
        ListenIfChanged();
        foreach (var router in _routers)
            Evaluate(now, router);
        foreach (var handover in _handovers)
            if (!handover.IsTaken && handover.Until == now + LongestHandover)
                _events.Report(new NodeEvent { Kind = NodeEventKind.AddressHandedOver, At = now, Router = NoRouter, Address = handover.Held });
        _events.Report(new NodeEvent { Kind = NodeEventKind.Reconfigured, At = now, Router = -1, Count = _inConfigurationOrder.Count });
        return outcome;
    }

    /// <summary>What <see cref="Reconfigure"/> would do with this configuration now; it does nothing.</summary>
    public ReconfigureOutcome PlanReconfiguration(NodeConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Match(config).Outcome;
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

    /// <summary>The one place that decides what a configuration changes: for the plan and for the deed.</summary>
    private (ReconfigureOutcome Outcome, List<(RouterRuntime Router, VirtualRouterConfig? Next)> Steps) Match(NodeConfig config)
    {
        var outcome = new ReconfigureOutcome();
        var added = config.VirtualRouters.ToDictionary(r => r.Name);
        List<(RouterRuntime, VirtualRouterConfig?)> steps = [];
        if (config.Node != Config.Node)
            outcome.Settings.Add(new SettingChange("", "node", Config.Node, config.Node));
        foreach (var router in _routers)
        {
            var old = router.Config;
            if (router.Departing)
            {
                steps.Add((router, null)); // it is no part of the configuration any more
                continue;
            }

            if (added.TryGetValue(old.Name, out var next))
                outcome.Settings.AddRange(SettingChange.Between(old, next));
            if (next is null || !IsSameRouter(old, next))
            {
                outcome.Removed.Add(old.Name);
                if (router.Election.State == RouterState.Active)
                    outcome.Moves.Add(old.Name);
                steps.Add((router, null));
                continue;
            }

            added.Remove(old.Name);
            if (old.Equals(next))
            {
                outcome.Unchanged.Add(old.Name);
                continue;
            }

            outcome.Changed.Add(old.Name);
            if (MayMove(router.Election.State, old, next))
                outcome.MayMove.Add(old.Name);
            steps.Add((router, next));
        }

        foreach (var router in config.VirtualRouters)
            if (added.ContainsKey(router.Name))
                outcome.Added.Add(router.Name);
        steps.Reverse();
        return (outcome, steps);
    }

    /// <summary>Whether another host may win, or lose, an election that it did not with the old settings.</summary>
    private static bool MayMove(RouterState state, VirtualRouterConfig old, VirtualRouterConfig next) => state switch
    {
        RouterState.Active => next.Priority < old.Priority,
        RouterState.Backup => next.Priority > old.Priority || (next.Preempt != old.Preempt && next.Preempt.Enabled),
        RouterState.Initialize or RouterState.Fault => false,
        _ => throw new InvalidOperationException($"unknown state {state}"),
    };

    private void RemoveDropped(RouterRuntime router, VirtualRouterConfig next)
    {
        if (router.Election.State != RouterState.Active || router.Interface is not { } on)
            return;
        List<IpPrefix> dropped = [];
        foreach (var address in router.Config.Addresses)
        {
            if (next.Addresses.Any(a => a.Address == address.Address) || IsHandedOver(on, address.Address))
                continue;
            if (on.TryGetOurs(address.Address, out var held))
                dropped.Add(held);
            else if (!on.HoldsForeign(address.Address))
                dropped.Add(on.KernelForm(address)); // being added just now: the kernel has not told of it yet
        }

        if (dropped.Count > 0)
            RemoveFrom(on, new AddressPlan(router.Slot, router.Generation, on.Index, [.. dropped], dropped.Count, Present: false, 0));
    }

    private static void NoteAdded(RouterRuntime router, VirtualRouterConfig next)
    {
        router.Unasked.RemoveWhere(address => !next.Addresses.Any(kept => kept.Address == address));
        if (router.Election.State != RouterState.Active)
            return;
        foreach (var added in next.Addresses)
            if (!router.Config.Addresses.Any(known => known.Address == added.Address))
                router.Unasked.Add(added.Address);
    }

    private void Change(Instant now, RouterRuntime router, VirtualRouterConfig next)
    {
        router.BoardIndex = -1; // its place was made for the old settings; it gets another with the new board
        NoteAdded(router, next);
        router.Prepare(next);
        router.StopProbing();
        router.ForgetMismatches();
        router.ReportedDrops = 0;
        router.DuplicateOwnerReported = false;
        router.Election.OnReconfigured(now, next, _effects);
        Run(now, router, Instant.Never);
    }
}
