using Vigie.Core.Net;
using Vigie.Lab.Probes;

namespace Vigie.Bench;

/// <summary>What the benchmarks look for in a frame.</summary>
internal static class Sightings
{
    private const ushort EtherTypeIPv6 = 0x86DD;
    private const byte NeighborAdvertisement = 136;
    private const byte Icmp6 = 58;
    private const int Ipv4ProtocolHeader = 20;
    private const int Ipv6Header = 40;
    private const int ArpSenderAddress = 14;
    private const int ArpTargetAddress = 24;

    /// <summary>The VRID and priority of an advertisement; null of any other frame.</summary>
    public static (byte Vrid, byte Priority)? Advertisement(CapturedFrame frame)
    {
        if (!frame.IsVrrp)
            return null;
        var message = frame.Payload[(frame.EtherType == EtherTypeIPv6 ? Ipv6Header : Ipv4ProtocolHeader)..];
        return (message[1], message[2]);
    }

    /// <summary>The address that a gratuitous ARP or a neighbour advertisement teaches; null of any other frame.</summary>
    public static IpAddress? Announced(CapturedFrame frame)
    {
        if (frame.IsArp)
        {
            var sender = frame.Payload.Slice(ArpSenderAddress, 4);
            return sender.SequenceEqual(frame.Payload.Slice(ArpTargetAddress, 4)) ? IpAddress.FromBytes(sender) : null;
        }

        var isAdvertisement = frame.EtherType == EtherTypeIPv6 && frame.Payload.Length >= Ipv6Header + 24
            && frame.Payload[6] == Icmp6 && frame.Payload[Ipv6Header] == NeighborAdvertisement;
        return isAdvertisement ? IpAddress.FromBytes(frame.Payload.Slice(Ipv6Header + 8, 16)) : null;
    }
}
