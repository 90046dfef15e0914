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

    /// <summary>An upper bound for <see cref="Write"/>, whatever the router's state.</summary>
    public static int Capacity(VirtualRouterConfig config) =>
        4 + Capacity(config, IpFamily.IPv4, 4) + Capacity(config, IpFamily.IPv6, 16);

    public static void Write(ref SpanWriter writer, RouterRuntime router)
    {
        writer.Write(Count(router, IpFamily.IPv4) + Count(router, IpFamily.IPv6));
        WriteFamily(ref writer, router, IpFamily.IPv4);
        WriteFamily(ref writer, router, IpFamily.IPv6);
    }

    public static ImmutableArray<PreparedAdvertisement> Read(ref SpanReader reader)
    {
        var prepared = new PreparedAdvertisement[reader.ReadInt32()];
        for (var i = 0; i < prepared.Length; i++)
        {
            var source = reader.ReadAddress();
            var destination = reader.ReadAddress();
            var length = reader.ReadInt32();
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

    private static void WriteFamily(ref SpanWriter writer, RouterRuntime router, IpFamily family)
    {
        if (!CanSpeak(router, family))
            return;
        var source = router.Election.Primary(family);
        if (!router.Config.HasPeers(family))
        {
            WriteOne(ref writer, router, source, family == IpFamily.IPv4 ? VrrpCodec.MulticastIPv4 : VrrpCodec.MulticastIPv6);
            return;
        }

        foreach (var peer in router.Config.Peers)
            if (peer.Family == family && peer != source)
                WriteOne(ref writer, router, source, peer);
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

    private static int Count(RouterRuntime router, IpFamily family)
    {
        if (!CanSpeak(router, family))
            return 0;
        if (!router.Config.HasPeers(family))
            return 1;
        var source = router.Election.Primary(family);
        var count = 0;
        foreach (var peer in router.Config.Peers)
            if (peer.Family == family && peer != source)
                count++;
        return count;
    }

    // Without a source it says nothing; the election knows when that is a fault.
    private static bool CanSpeak(RouterRuntime router, IpFamily family) =>
        !router.Advertised(family).IsEmpty && !router.Election.Primary(family).IsNone;
}
