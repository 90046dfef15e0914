using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Node.Events;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;
using Vigie.Node.Routers;

namespace Vigie.Node;

// Addresses that a reload takes from a virtual router while it has the role, and that somebody else is to serve
// (docs/decisions/0010-reload-transaction.md). They are served on, without a word, until
//   - another virtual router of this host acquires them: nothing is removed;
//   - another host has them: they are muted, and go 50 ms after it has announced them to everybody;
//   - the wait is over.
public sealed partial class ElectionLoop
{
    /// <summary>In plans that no virtual router waits for.</summary>
    private const int NoRouter = -1;

    /// <summary>How long another host is waited for: an operator changes one host after the other.</summary>
    public static readonly TimeSpan LongestHandover = TimeSpan.FromMinutes(5);

    /// <summary>A claim of this age says that another host may have the address already.</summary>
    private static readonly TimeSpan RecentClaim = TimeSpan.FromMinutes(1);

    /// <summary>How long whoever answers for an address is waited for to announce it: it may do so once in <see cref="DefenceInterval"/>.</summary>
    private static readonly TimeSpan AnnouncementWait = DefenceInterval + TimeSpan.FromMilliseconds(100);

    private readonly List<AddressHandover> _handovers = [];

    /// <summary>Before anything is removed: what is to be served on.</summary>
    private void BeginHandovers(Instant now, RouterRuntime router, VirtualRouterConfig? next, NodeConfig config)
    {
        var serves = router.Election.State == RouterState.Active || (router.Election.IsLeaving && !router.Muted && next is null);
        if (!serves || router.Interface is not { } on || (next is null && !IsWantedElsewhere(router, config)))
            return;
        foreach (var configured in router.Config.Addresses)
        {
            var address = configured.Address;
            if (on.HoldsForeign(address) || (next is not null && next.Addresses.Any(kept => kept.Address == address)))
                continue;
            var wait = HandoverWait(now, router, next, address, config);
            if (wait == TimeSpan.Zero)
                continue;
            var held = on.TryGetOurs(address, out var standing) ? standing : on.KernelForm(configured);
            var lifetime = ElectionTimers.AddressLifetimeSeconds(router.Config.AdvertisementInterval);
            _handovers.Add(new AddressHandover(on, held, lifetime, now + wait)
            {
                RenewAt = now + ElectionTimers.AddressRenewalInterval(lifetime),
            });
            if (router.WasClaimed(address, now - RecentClaim))
                AskForOthers(router, address); // whoever has it already says so now, and not with its next announcement
        }
    }

    /// <summary>How long an address is served on; Zero when nobody can be expected to take it, and then it goes at once.</summary>
    private static TimeSpan HandoverWait(Instant now, RouterRuntime router, VirtualRouterConfig? next, IpAddress address, NodeConfig config)
    {
        if (IsWantedOn(router.Config.Interface, address, config))
            return LongestHandover;
        // Whoever claimed it answers when it is asked; one that does not was the Active before us, or has gone.
        if (router.WasClaimed(address, now - RecentClaim))
            return VirtualRouter.ShortestSuccession;
        // The role itself goes to another host, which has the address as long as its configuration is the old one.
        return next is null ? VirtualRouter.SuccessionWait(router.Config.AdvertisementInterval) : TimeSpan.Zero;
    }

    /// <summary>What no virtual router of this host is to have any more is not waited for as long.</summary>
    private void ShortenHandovers(Instant now, NodeConfig config)
    {
        foreach (var handover in _handovers)
            if (!IsWantedOn(handover.Interface.Name, handover.Held.Address, config))
                handover.Until = Instant.Min(handover.Until, now + VirtualRouter.ShortestSuccession);
    }

    private static bool IsWantedOn(string interfaceName, IpAddress address, NodeConfig config) => config.VirtualRouters.Any(router =>
        router.Interface == interfaceName && router.Addresses.Any(prefix => prefix.Address == address));

    private bool IsHandedOver(HostInterface on, IpAddress address)
    {
        foreach (var handover in _handovers)
            if (handover.Interface == on && handover.Held.Address == address)
                return true;
        return false;
    }

    /// <summary>A virtual router of this host has the role for its addresses.</summary>
    private void EndHandovers(HostInterface on, VirtualRouterConfig holder)
    {
        for (var i = _handovers.Count - 1; i >= 0; i--)
        {
            var handover = _handovers[i];
            if (handover.Interface != on || !holder.Addresses.Any(prefix => prefix.Address == handover.Held.Address))
                continue;
            if (handover.IsTaken)
                _network.Mute([handover.Held.Address], muted: false);
            _handovers.RemoveAt(i);
        }
    }

    /// <summary>
    /// Somebody else says that an address is its own. What it says to us alone leaves the neighbours with what they believe: they
    /// are served until it tells them.
    /// </summary>
    private void NoteTaken(Instant now, HostInterface on, IpAddress address, bool announced)
    {
        foreach (var handover in _handovers)
        {
            if (handover.Interface != on || handover.Held.Address != address)
                continue;
            if (!handover.IsTaken)
            {
                handover.IsTaken = true;
                handover.Until = now + AnnouncementWait;
                _network.Mute([address], muted: true);
            }

            if (announced)
                handover.Until = Instant.Min(handover.Until, now + VirtualRouter.LastPackets);
        }
    }

    /// <summary>Renews and ends what is due; returns when something is due next.</summary>
    private Instant HandOver(Instant now)
    {
        var next = Instant.Never;
        for (var i = _handovers.Count - 1; i >= 0; i--)
        {
            var handover = _handovers[i];
            if (now >= handover.Until)
            {
                _handovers.RemoveAt(i);
                Finish(handover);
                _listeningChanged = true;
                next = now; // its claims need not be heard any more
                if (!handover.IsTaken)
                    _events.Report(new NodeEvent
                    {
                        Kind = NodeEventKind.AddressNotTaken, At = now, Router = NoRouter, Address = handover.Held,
                    });
                continue;
            }

            if (now >= handover.RenewAt)
            {
                handover.RenewAt = now + ElectionTimers.AddressRenewalInterval(handover.LifetimeSeconds);
                _network.Apply(Plan(handover, present: true));
            }

            next = Instant.Min(next, Instant.Min(handover.Until, handover.RenewAt));
        }

        return next;
    }

    private void DropHandovers()
    {
        foreach (var handover in _handovers)
            Finish(handover);
        _handovers.Clear();
    }

    private void Finish(AddressHandover handover)
    {
        RemoveFrom(handover.Interface, Plan(handover, present: false));
        if (handover.IsTaken)
            _network.Mute([handover.Held.Address], muted: false);
    }

    private static AddressPlan Plan(AddressHandover handover, bool present) => new(
        NoRouter, 0, handover.Interface.Index, [handover.Held], 1, present, present ? handover.LifetimeSeconds : 0, Renewal: present);
}
