using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Events;
using Vigie.Node.Routers;

namespace Vigie.Node;

// Foreign claims: somebody else says, by ARP or neighbour discovery, that one of our virtual addresses is its own.
public sealed partial class ElectionLoop
{
    /// <summary>At most one answer to foreign claims per router in this time (RFC 5227 2.4 wants answers limited).</summary>
    private static readonly TimeSpan DefenceInterval = TimeSpan.FromSeconds(1);

    /// <summary>A lasting conflict is reported again after this time, not with every packet.</summary>
    private static readonly TimeSpan ClaimReportInterval = TimeSpan.FromSeconds(10);

    /// <summary>Claims that go on this long after an answer are no successor's: they are answered without waiting.</summary>
    private static readonly TimeSpan LastingConflict = TimeSpan.FromSeconds(10);

    /// <summary>How much later than an interval an advertisement may arrive.</summary>
    private static readonly TimeSpan AdvertisementMargin = TimeSpan.FromMilliseconds(10);

    /// <summary>Slower successors than this are answered; their own advertisement then settles it.</summary>
    private static readonly TimeSpan LongestDefenceWait = TimeSpan.FromMilliseconds(1100);

    /// <summary>An ARP packet (without its Ethernet header) was seen on an interface.</summary>
    public void OnArp(Instant now, int interfaceIndex, ReadOnlySpan<byte> packet)
    {
        // Any ARP packet that names an address as its sender's claims it, request or reply (RFC 826, RFC 5227 2.4).
        if (ArpCodec.TryDecode(packet, out var arp) != ArpError.None)
            return;
        if (arp.SenderIp == ConflictProbe.AnyIPv4)
            OnProbe(now, interfaceIndex, arp.TargetIp, arp.SenderMac);
        else
            OnClaim(now, interfaceIndex, arp.SenderIp, arp.SenderMac, announced: arp.SenderIp == arp.TargetIp);
    }

    /// <summary>An IPv6 packet (without its Ethernet header) that may hold a neighbour advertisement was seen.</summary>
    public void OnNeighborPacket(Instant now, int interfaceIndex, MacAddress sender, ReadOnlySpan<byte> packet)
    {
        if (Ipv6Codec.TryDecode(packet, out var header, out var payload) != Ipv6Error.None || header.NextHeader != NeighborCodec.IpProtocol)
            return;
        if (NeighborCodec.TryDecode(payload, header.Source, header.Destination, header.HopLimit, out var message) != NeighborError.None
            || message.Type != NeighborMessageType.Advertisement)
            return;
        OnClaim(now, interfaceIndex, message.Target, message.LinkLayerAddress ?? sender, announced: !message.Solicited);
    }

    // Announced: told to everybody, and no answer to one who asked.
    private void OnClaim(Instant now, int interfaceIndex, IpAddress address, MacAddress mac, bool announced)
    {
        if (_handovers.Count > 0 && _interfaces.TryGetValue(interfaceIndex, out var heardOn) && heardOn.Mac != mac)
            NoteTaken(now, heardOn, address, announced);
        if (!_byVirtualAddress.TryGetValue(address, out var router) || router.Interface is not { } on
            || on.Index != interfaceIndex || on.Mac == mac)
            return;
        if (router.Election.IsLeaving)
            NoteAnnouncement(now, router, address);
        if (router.Election.IsProbing && !IsOwnMac(mac))
        {
            router.Election.OnAddressClaimed(now, address, mac);
            Run(now, router, Instant.Never);
        }

        if (router.Election.State != RouterState.Active)
            return;
        router.ForeignClaims++;
        router.NoteClaim(now, address);
        if (router.LastClaimAt == Instant.Zero || now - router.LastClaimAt >= ClaimReportInterval)
        {
            _events.Report(new NodeEvent
            {
                Kind = NodeEventKind.ForeignClaim, At = now, Router = router.Slot,
                Address = Configured(router, address), Mac = mac,
            });
            router.LastClaimAt = now;
        }

        router.LastClaimAddress = address;
        router.LastClaimMac = mac;
        if (!router.AddressesReady)
            return;
        if (router.LastDefenceAt != Instant.Zero && now - router.LastDefenceAt < LastingConflict)
        {
            if (now - router.LastDefenceAt >= DefenceInterval)
                Defend(now, router);
        }
        else if (router.DefendAt == Instant.Never)
        {
            router.DefendAt = now + DefenceWait(router);
        }
    }

    /// <summary>
    /// Somebody asks who has one of our addresses. The kernel answers, but an ARP probe to the asker alone. Where the address was
    /// claimed by two, the asker may be the one that is about to give it up, and the neighbours that believe it are to hear of us
    /// before it does. The duplicate address detection of IPv6 needs no such help: it is answered to all nodes (RFC 4862 5.4.3).
    /// </summary>
    private void OnProbe(Instant now, int interfaceIndex, IpAddress address, MacAddress mac)
    {
        if (!_byVirtualAddress.TryGetValue(address, out var router) || router.Interface is not { } on || on.Index != interfaceIndex
            || IsOwnMac(mac) || router.Election.State != RouterState.Active || !router.AddressesReady
            || !router.WasClaimed(address, now - RecentClaim))
            return;
        if (router.LastDefenceAt == Instant.Zero || now - router.LastDefenceAt >= DefenceInterval)
            Defend(now, router);
        else
            router.DefendAt = Instant.Min(router.DefendAt, router.LastDefenceAt + DefenceInterval);
    }

    /// <summary>A host with two interfaces on one segment may answer for an address of the one through the other.</summary>
    private bool IsOwnMac(MacAddress mac)
    {
        foreach (var own in _interfaces.Values)
            if (own.Mac == mac)
                return true;
        return false;
    }

    private void ReportConflict(Instant now, RouterRuntime router)
    {
        router.LastClaimAddress = router.Election.ConflictAddress;
        router.LastClaimMac = router.Election.ConflictMac;
        router.LastClaimAt = now;
        _events.Report(new NodeEvent
        {
            Kind = NodeEventKind.AddressConflict, At = now, Router = router.Slot,
            Address = Configured(router, router.Election.ConflictAddress), Mac = router.Election.ConflictMac,
        });
    }

    /// <summary>
    /// The first claim may be a rightful successor's whose announcement came before its advertisement. Answering that would
    /// lead the neighbours back to us just before we yield: whoever is better than we are gets an interval to say so.
    /// </summary>
    private static TimeSpan DefenceWait(RouterRuntime router)
    {
        var wait = router.Config.AdvertisementInterval + AdvertisementMargin;
        return wait < LongestDefenceWait ? wait : LongestDefenceWait;
    }

    private static void Defend(Instant now, RouterRuntime router)
    {
        router.DefendAt = Instant.Never;
        router.LastDefenceAt = now;
        // All of its addresses: whoever claims one has likely claimed the others, and neighbours have believed it.
        router.StartAnnouncing(now);
    }
}
