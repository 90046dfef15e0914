using Vigie.Core.Net;
using Vigie.Core.Wire;

namespace Vigie.Simulation.Worlds;

/// <summary>What a kernel does with a question whether anybody holds an address (RFC 5227 2.1.1, RFC 4862 5.4.3), apart from when.</summary>
internal static class ProbeAnswer
{
    /// <summary>The address asked about; null when the frame is no such question.</summary>
    public static IpAddress? Asked(byte[] frame)
    {
        EthernetCodec.TryDecode(frame, out var header, out var packet);
        if (header.Type == EtherType.Arp)
            return ArpCodec.TryDecode(packet, out var arp) == ArpError.None && arp.SenderIp.IsUnspecified ? arp.TargetIp : null;
        return Ipv6Codec.TryDecode(packet, out var ip, out var payload) == Ipv6Error.None && ip.Source.IsUnspecified
            && NeighborCodec.TryDecode(payload, ip.Source, ip.Destination, ip.HopLimit, out var message) == NeighborError.None
            && message.Type == NeighborMessageType.Solicitation
            ? message.Target : null;
    }

    /// <summary>Over IPv4 it goes to whoever asked alone, over IPv6 to everybody.</summary>
    public static byte[] Frame(MacAddress holder, MacAddress asker, IpAddress address)
    {
        if (address.Family == IpFamily.IPv6)
        {
            var advertisement = new byte[UnsolicitedAdvertisement.FrameLength];
            UnsolicitedAdvertisement.Write(advertisement, holder, address, address, router: false);
            return advertisement;
        }

        var reply = new byte[EthernetHeader.Length + ArpCodec.Length];
        var at = EthernetCodec.Encode(new(asker, holder, EtherType.Arp), reply);
        ArpCodec.Encode(
            new ArpPacket { Operation = ArpOperation.Reply, SenderMac = holder, SenderIp = address, TargetMac = asker, TargetIp = IpAddress.FromIPv4(0) },
            reply.AsSpan(at));
        return reply;
    }
}
