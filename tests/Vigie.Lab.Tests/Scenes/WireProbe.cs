using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab.Probes;

namespace Vigie.Lab.Tests.Scenes;

/// <summary>A question whether anybody holds an address: ARP from 0.0.0.0, or a neighbour solicitation from ::, read by offsets alone.</summary>
internal sealed record WireProbe(Instant At, MacAddress Mac, IpAddress Address)
{
    private const int IPv6HeaderLength = 40;
    private const byte Icmpv6 = 58;
    private const byte NeighborSolicitation = 135;

    public static WireProbe? Read(CapturedFrame frame)
    {
        var packet = frame.Payload;
        if (frame.IsArp && packet.Length >= 28)
            return IpAddress.FromBytes(packet.Slice(14, 4)).IsUnspecified
                ? new WireProbe(frame.At, frame.Source, IpAddress.FromBytes(packet.Slice(24, 4))) : null;
        var asks = frame.EtherType == 0x86DD && packet.Length >= IPv6HeaderLength + 24 && packet[6] == Icmpv6
            && packet[IPv6HeaderLength] == NeighborSolicitation && IpAddress.FromBytes(packet.Slice(8, 16)).IsUnspecified;
        return asks ? new WireProbe(frame.At, frame.Source, IpAddress.FromBytes(packet.Slice(IPv6HeaderLength + 8, 16))) : null;
    }
}
