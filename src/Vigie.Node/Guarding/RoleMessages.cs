using System.Buffers.Binary;
using System.Collections.Immutable;
using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Messages;
using Vigie.Node.Routers;

namespace Vigie.Node.Guarding;

/// <summary>The part of a <see cref="RoleRecord"/> that holds what a virtual router sends, as bytes.</summary>
internal static class RoleMessages
{
    private const int AuthenticationLength = 8;

    /// <summary>Bytes of a prepared advertisement: two addresses, a length and two messages.</summary>
    private const int LeastAdvertisement = 2 * (1 + 4) + 4 + 2 * VrrpCodec.HeaderLength;

    /// <summary>An upper bound for <see cref="Write"/>, whatever the router's state.</summary>
    public static int Capacity(VirtualRouterConfig config) =>
        4 + Capacity(config, IpFamily.IPv4, 4) + Capacity(config, IpFamily.IPv6, 16);

    public static void Write(ref SpanWriter writer, RouterRuntime router)
    {
        var count = writer.Take(sizeof(int)); // known when all are written
        BinaryPrimitives.WriteInt32LittleEndian(count, WriteFamily(ref writer, router, IpFamily.IPv4) + WriteFamily(ref writer, router, IpFamily.IPv6));
    }

    public static ImmutableArray<PreparedAdvertisement> Read(ref RecordReader reader)
    {
        var prepared = new PreparedAdvertisement[reader.ReadCount(LeastAdvertisement)];
        for (var i = 0; i < prepared.Length && !reader.Failed; i++)
        {
            var source = reader.ReadSomeAddress();
            var destination = reader.ReadSomeAddress();
            var length = reader.ReadCount(leastBytes: 2); // twice that many follow
            if (source.Family != destination.Family || length is < VrrpCodec.HeaderLength or > VrrpCodec.MaximumLength)
                reader.Refuse();
            prepared[i] = new PreparedAdvertisement(source, destination, reader.ReadBytes(length), reader.ReadBytes(length));
        }

        return ImmutableArray.Create(prepared);
    }

    private static int Capacity(VirtualRouterConfig config, IpFamily family, int addressLength)
    {
        var addresses = config.Addresses.Count(address => address.Family == family);
        if (addresses == 0)
            return 0;
        var destinations = Math.Max(1, config.Peers.Count(peer => peer.Family == family));
        var message = VrrpCodec.HeaderLength + addresses * addressLength + AuthenticationLength;
        return destinations * (2 * (1 + addressLength) + 4 + 2 * message);
    }

    /// <summary>One entry for each destination; says how many.</summary>
    private static int WriteFamily(ref SpanWriter writer, RouterRuntime router, IpFamily family)
    {
        var source = router.Election.Primary(family);
        // Without a source it says nothing; the election knows when that is a fault.
        if (router.Advertised(family).IsEmpty || source.IsNone)
            return 0;
        if (!router.Config.HasPeers(family))
        {
            WriteOne(ref writer, router, source, family == IpFamily.IPv4 ? VrrpCodec.MulticastIPv4 : VrrpCodec.MulticastIPv6);
            return 1;
        }

        var count = 0;
        foreach (var peer in router.Config.Peers)
        {
            if (peer.Family != family || peer == source)
                continue;
            WriteOne(ref writer, router, source, peer);
            count++;
        }

        return count;
    }

    private static void WriteOne(ref SpanWriter writer, RouterRuntime router, IpAddress source, IpAddress destination)
    {
        var family = source.Family;
        var addresses = router.Advertised(family);
        var length = VrrpCodec.EncodedLength(router.Config.Version, family, addresses.Length);
        writer.Write(source);
        writer.Write(destination);
        writer.Write(length);
        _ = VrrpCodec.Encode(router.Advertisement(family, router.Election.Priority), addresses, source, destination, writer.Take(length));
        _ = VrrpCodec.Encode(router.Advertisement(family, priority: 0), addresses, source, destination, writer.Take(length));
    }
}
