using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Node.Events;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;
using Vigie.Node.Routers;

namespace Vigie.Node;

// What the kernel says of interfaces and addresses, and what follows for the virtual routers on them.
public sealed partial class ElectionLoop
{
    private readonly HashSet<int> _rejoin = [];
    private bool _resyncing;

    /// <summary>An interface appeared or changed.</summary>
    public void OnLink(Instant now, in LinkReport link)
    {
        if (!_interfaces.TryGetValue(link.Index, out var on))
            _interfaces[link.Index] = on = new HostInterface(link.Index);
        var renamed = on.Name != link.Name;
        var macChanged = on.Mac != link.Mac;
        if (renamed)
            LeaveRenamed(now, on, link.Name);
        if (on.Update(link))
        {
            _rejoin.Add(link.Index);
            on.IPv4Listening = on.IPv6Listening = ListeningState.Unknown;
        }

        if (renamed)
            IndexRouters();
        if (renamed || _rejoin.Contains(link.Index))
            _listeningChanged = true;
        if (!_started)
            return;
        foreach (var router in _routers)
        {
            if (renamed || router.Interface == on)
                Evaluate(now, router);
            if (macChanged && router.Interface == on && router.AddressesReady)
                router.StartAnnouncing(now);
        }
    }

    /// <summary>An interface is gone.</summary>
    public void OnLinkRemoved(Instant now, int index)
    {
        if (!_interfaces.Remove(index))
            return;
        _listeningChanged = true;
        _handovers.RemoveAll(handover => handover.Interface.Index == index);
        foreach (var router in _routers)
            if (router.Interface?.Index == index)
                router.Interface = null;
        IndexRouters();
        if (!_started)
            return;
        foreach (var router in _routers)
            if (router.Interface is null)
                Evaluate(now, router);
    }

    /// <summary>An address appeared or changed.</summary>
    public void OnAddress(Instant now, in AddressReport report)
    {
        if (!_interfaces.TryGetValue(report.InterfaceIndex, out var on))
            return;
        on.Set(report);
        if (_started && !report.Ours)
            EvaluateAddressChange(now, on);
    }

    /// <summary>An address is gone.</summary>
    public void OnAddressRemoved(Instant now, int interfaceIndex, IpPrefix prefix)
    {
        if (!_interfaces.TryGetValue(interfaceIndex, out var on))
            return;
        var wasOurs = on.TryGetOurs(prefix.Address, out var held) && held == prefix;
        var isByUs = on.TakeExpectedRemoval(prefix);
        var wasKnown = on.Remove(prefix);
        if (!_started || (isByUs && wasOurs))
            return;
        // One that is not known may be one that the kernel has been asked to add and has not answered for.
        if (!wasKnown && !IsOnItsWay(on, prefix))
            return;
        if (wasKnown && !wasOurs)
        {
            EvaluateAddressChange(now, on);
            return;
        }

        // Not by us while we are Active: a release has changed the state before the kernel tells of the removal.
        if (!_byVirtualAddress.TryGetValue(prefix.Address, out var router) || router.Interface != on
            || router.Election.State != RouterState.Active || on.KernelForm(Configured(router, prefix.Address)) != prefix)
            return;
        if (!router.AddressesReady)
        {
            router.LostWhilePending = true;
            return;
        }

        _events.Report(new NodeEvent
        {
            Kind = NodeEventKind.AddressReasserted, At = now, Router = router.Slot, Address = prefix,
        });
        Acquire(now, router);
    }

    private bool IsOnItsWay(HostInterface on, IpPrefix prefix) =>
        _byVirtualAddress.TryGetValue(prefix.Address, out var router) && router.Interface == on
        && router.Election.State == RouterState.Active && !router.AddressesReady;

    /// <summary>
    /// Begins a fresh report of everything after events were lost: what is not reported again by
    /// <see cref="EndResync"/> is gone.
    /// </summary>
    public void BeginResync()
    {
        _resyncing = true; // half a report would look like an interface without addresses
        foreach (var on in _interfaces.Values)
            on.ForgetAddresses();
    }

    /// <summary>Ends it. Interfaces whose index is not among those given are gone.</summary>
    public void EndResync(Instant now, ReadOnlySpan<int> present)
    {
        _resyncing = false;
        List<int> gone = [];
        foreach (var index in _interfaces.Keys)
            if (!present.Contains(index))
                gone.Add(index);
        foreach (var index in gone)
            OnLinkRemoved(now, index);
        if (!_started)
            return;
        foreach (var router in _routers)
        {
            Evaluate(now, router);
            if (router.Election.State == RouterState.Active)
                Acquire(now, router);
        }
    }

    /// <summary>An interface is about to have another name: who works there by the old one lets go while it is still known.</summary>
    private void LeaveRenamed(Instant now, HostInterface on, string newName)
    {
        foreach (var router in _routers)
        {
            if (router.Interface != on || router.Config.Interface == newName)
                continue;
            router.Election.OnInterfaceLost(now, TransitionReason.InterfaceMissing, _effects);
            Run(now, router, Instant.Never);
        }
    }

    /// <summary>Tells a router's election whether it can work on its interface.</summary>
    private void Evaluate(Instant now, RouterRuntime router)
    {
        if (_shutDown || _resyncing || !_started || router.Departing)
            return;
        var obstacle = Obstacle(router, out var primary4, out var primary6);
        // The answer is on its way. Who is at work already goes on meanwhile; the others wait for it without a word.
        if (obstacle == TransitionReason.None && !IsListeningKnown(router)
            && router.Election.State is RouterState.Initialize or RouterState.Fault)
            return;
        var old = router.TakesUp;
        router.TakesUp = null;
        if (obstacle == TransitionReason.None)
        {
            if (old is not null)
                router.Election.Adopt(old.Record.ToAdopt(old.Slot.DueAt));
            router.Election.OnInterfaceReady(now, primary4, primary6, _effects);
        }
        else
        {
            router.Election.OnInterfaceLost(now, obstacle, _effects);
        }

        Run(now, router, Instant.Never);
        if (old is not null && router.Election.State == old.Record.State)
            _events.Report(new NodeEvent { Kind = NodeEventKind.RoleTakenUp, At = now, Router = router.Slot, State = old.Record.State });
    }

    private static TransitionReason Obstacle(RouterRuntime router, out IpAddress primary4, out IpAddress primary6)
    {
        primary4 = primary6 = IpAddress.None;
        if (router.Interface is not { } on)
            return TransitionReason.InterfaceMissing;
        if (!on.Running)
            return TransitionReason.InterfaceDown;
        primary4 = Primary(router, on, IpFamily.IPv4);
        primary6 = Primary(router, on, IpFamily.IPv6);
        var missing = (router.Config.HasFamily(IpFamily.IPv4) && primary4.IsNone)
            || (router.Config.HasFamily(IpFamily.IPv6) && primary6.IsNone);
        if (missing)
            return TransitionReason.NoSourceAddress;
        return IsDeaf(router, on) ? TransitionReason.NotListening : TransitionReason.None;
    }

    /// <summary>The source of a router's advertisements on that interface; None when there is none, or the family is not in use.</summary>
    internal static IpAddress Primary(RouterRuntime router, HostInterface on, IpFamily family)
    {
        if (!router.Config.HasFamily(family))
            return IpAddress.None;
        var linkLocal = family == IpFamily.IPv6;
        foreach (var peer in router.Config.Peers)
            if (peer.Family == IpFamily.IPv6 && !peer.IsLinkLocal)
                linkLocal = false; // a link-local source does not reach a peer that is addressed globally
        var owner = router.Config.Priority == Core.Configuration.VirtualRouterConfig.OwnerPriority;
        return on.PrimaryFor(family, linkLocal && family == IpFamily.IPv6, router.Config.Addresses, owner);
    }

    /// <summary>A real address came or went: sources may change, and with them the form of the virtual addresses.</summary>
    private void EvaluateAddressChange(Instant now, HostInterface on)
    {
        if (_resyncing)
            return;
        foreach (var router in _routers)
        {
            if (router.Interface != on)
                continue;
            Evaluate(now, router);
            if (router.Election.State == RouterState.Active && !HoldsAllAsWanted(router, on))
                Acquire(now, router);
        }
    }

    private static bool HoldsAllAsWanted(RouterRuntime router, HostInterface on)
    {
        foreach (var configured in router.Config.Addresses)
            if (!on.HoldsForeign(configured.Address)
                && !(on.TryGetOurs(configured.Address, out var held) && held == on.KernelForm(configured)))
                return false;
        return true;
    }

    /// <summary>What the kernel has just acknowledged stands there; it need not tell of it again.</summary>
    private static void NoteHeld(RouterRuntime router)
    {
        if (router.Interface is not { } on)
            return;
        foreach (var configured in router.Config.Addresses)
            if (!on.HoldsForeign(configured.Address))
                on.Set(new AddressReport(on.Index, on.KernelForm(configured), Ours: true, Usable: true));
    }

    private void RemoveFrom(HostInterface on, in AddressPlan plan)
    {
        on.ExpectRemoval(plan.Addresses.AsSpan(0, plan.Count));
        _network.Apply(plan);
    }

    private static IpPrefix Configured(RouterRuntime router, IpAddress address)
    {
        foreach (var configured in router.Config.Addresses)
            if (configured.Address == address)
                return configured;
        return default;
    }

    /// <summary>Addresses with our tag that no virtual router wants on that interface: a predecessor left them.</summary>
    private void RemoveStaleAddresses(Instant now)
    {
        List<IpPrefix> stale = [];
        foreach (var on in _interfaces.Values)
        {
            stale.Clear();
            foreach (var held in on.Ours)
                if (!_byVirtualAddress.TryGetValue(held.Address, out var router) || router.Interface != on)
                    stale.Add(held);
            if (stale.Count == 0)
                continue;
            foreach (var address in stale)
                _events.Report(new NodeEvent { Kind = NodeEventKind.StaleAddressRemoved, At = now, Router = -1, Address = address });
            RemoveFrom(on, new AddressPlan(-1, 0, on.Index, [.. stale], stale.Count, Present: false, 0));
        }
    }
}
