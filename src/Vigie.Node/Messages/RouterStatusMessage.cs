using System.Collections.Immutable;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Routers;

namespace Vigie.Node.Messages;

/// <summary>A virtual router's status between the two processes. Writing allocates nothing; reading does.</summary>
public static class RouterStatusMessage
{
    /// <summary>Room for 510 addresses and as many peers and everything else.</summary>
    public const int MaximumLength = 64 * 1024;

    internal static int Write(Span<byte> buffer, RouterRuntime router)
    {
        var writer = new SpanWriter(buffer);
        var election = router.Election;
        writer.Write((byte)MessageKind.RouterStatus);
        writer.Write(router.Config.Name);
        writer.Write(router.Config.Vrid);
        writer.Write(router.Config.Interface);
        writer.Write((byte)router.Config.Version);
        writer.Write((byte)election.State);
        writer.Write((byte)election.Reason);
        writer.Write(election.Since);
        writer.Write(election.Transitions);
        writer.Write(router.Config.Priority);
        writer.Write(election.IsLeaving);
        writer.Write((byte)election.Aside);
        writer.Write(router.Config.AdvertisementInterval);

        writer.Write(router.Config.Addresses.Length);
        foreach (var address in router.Config.Addresses)
        {
            writer.Write(address);
            writer.Write(router.Interface?.Holds(address.Address) ?? false);
        }

        writer.Write((router.Config.HasFamily(IpFamily.IPv4) ? 1 : 0) + (router.Config.HasFamily(IpFamily.IPv6) ? 1 : 0));
        WriteFamily(ref writer, router, IpFamily.IPv4);
        WriteFamily(ref writer, router, IpFamily.IPv6);

        writer.Write(router.Config.Peers.Length);
        foreach (var peer in router.Config.Peers)
            writer.Write(peer);
        WriteCounters(ref writer, router);
        return writer.Length;
    }

    /// <summary>Reads what follows the kind byte.</summary>
    public static RouterStatus Read(ref SpanReader reader)
    {
        var head = new RouterStatus
        {
            Name = reader.ReadString(),
            Vrid = reader.ReadByte(),
            Interface = reader.ReadString(),
            Version = (VrrpVersion)reader.ReadByte(),
            State = (RouterState)reader.ReadByte(),
            Reason = (TransitionReason)reader.ReadByte(),
            Since = reader.ReadInstant(),
            Transitions = reader.ReadInt64(),
            Priority = reader.ReadByte(),
            Leaving = reader.ReadBoolean(),
            Aside = (AsideCause)reader.ReadByte(),
            AdvertisementInterval = reader.ReadTimeSpan(),
        };
        var addresses = new AddressStatus[reader.ReadInt32()];
        for (var i = 0; i < addresses.Length; i++)
            addresses[i] = new AddressStatus(reader.ReadPrefix(), reader.ReadBoolean());
        var families = new FamilyStatus[reader.ReadInt32()];
        for (var i = 0; i < families.Length; i++)
            families[i] = new FamilyStatus(
                (IpFamily)reader.ReadByte(), reader.ReadAddress(), reader.ReadAddress(), reader.ReadByte(), reader.ReadTimeSpan());
        var peers = new IpAddress[reader.ReadInt32()];
        for (var i = 0; i < peers.Length; i++)
            peers[i] = reader.ReadAddress();
        return ReadCounters(ref reader, head with
        {
            Addresses = ImmutableArray.Create(addresses),
            Families = ImmutableArray.Create(families),
            Peers = ImmutableArray.Create(peers),
        });
    }

    private static void WriteFamily(ref SpanWriter writer, RouterRuntime router, IpFamily family)
    {
        if (!router.Config.HasFamily(family))
            return;
        writer.Write((byte)family);
        writer.Write(router.Election.Primary(family));
        writer.Write(router.Election.ActiveSource(family));
        writer.Write(router.Election.ActivePriority(family));
        writer.Write(router.Election.ActiveAdverInterval(family));
    }

    private static void WriteCounters(ref SpanWriter writer, RouterRuntime router)
    {
        writer.Write(router.Sent);
        writer.Write(router.Received);
        for (var reason = 0; reason < DropCounters.Length; reason++)
            writer.Write(router.Drops[(DropReason)reason]);
        writer.Write(router.Lateness.Count);
        writer.Write(router.Lateness.Quantile(0.5));
        writer.Write(router.Lateness.Quantile(0.99));
        writer.Write(router.Lateness.Quantile(0.9999));
        writer.Write(router.Lateness.MaxMicroseconds);
        writer.Write(router.Lateness.Late);
        writer.Write(router.Election.IsTimeLost);
        writer.Write(router.AnnouncementsSent);
        writer.Write(router.AddressListMismatches);
        writer.Write(router.ForeignClaims);
        writer.Write(router.LastClaimAddress);
        writer.Write(router.LastClaimMac);
        writer.Write(router.LastClaimAt);
        writer.Write(router.AddressError);
        writer.Write(router.AddressErrorAt);
        writer.Write(router.SendError);
        writer.Write(router.Election.PreemptionHeldUntil);
    }

    private static RouterStatus ReadCounters(ref SpanReader reader, RouterStatus head)
    {
        var sent = reader.ReadInt64();
        var received = reader.ReadInt64();
        var drops = new long[DropCounters.Length];
        for (var i = 0; i < drops.Length; i++)
            drops[i] = reader.ReadInt64();
        return head with
        {
            Sent = sent,
            Received = received,
            Drops = ImmutableArray.Create(drops),
            Lateness = new LatenessStatus(
                reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64()),
            TimeLost = reader.ReadBoolean(),
            AnnouncementsSent = reader.ReadInt64(),
            AddressListMismatches = reader.ReadInt64(),
            ForeignClaims = reader.ReadInt64(),
            LastClaimAddress = reader.ReadAddress(),
            LastClaimMac = reader.ReadMac(),
            LastClaimAt = reader.ReadInstant(),
            AddressError = reader.ReadInt32(),
            AddressErrorAt = reader.ReadPrefix(),
            SendError = reader.ReadInt32(),
            PreemptionHeldUntil = reader.ReadInstant(),
        };
    }
}
