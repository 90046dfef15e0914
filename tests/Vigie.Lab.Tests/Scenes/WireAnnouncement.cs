using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab.Probes;

namespace Vigie.Lab.Tests.Scenes;

/// <summary>A gratuitous ARP or a neighbour advertisement to all nodes, read by offsets alone.</summary>
internal sealed record WireAnnouncement(Instant At, MacAddress Mac, IpAddress Address)
{
    private const int IPv6HeaderLength = 40;
    private const byte Icmpv6 = 58;
    private const byte NeighborAdvertisement = 136;
    private const byte SolicitedFlag = 0x40;

    public static WireAnnouncement? Read(CapturedFrame frame)
    {
        var packet = frame.Payload;
        if (frame.IsArp && packet.Length >= 28)
        {
            var sender = IpAddress.FromBytes(packet.Slice(14, 4));
            return sender == IpAddress.FromBytes(packet.Slice(24, 4)) ? new WireAnnouncement(frame.At, MacAddress.FromBytes(packet.Slice(8, 6)), sender) : null;
        }

        var isUnsolicited = frame.EtherType == 0x86DD && packet.Length >= IPv6HeaderLength + 24 && packet[6] == Icmpv6
            && packet[IPv6HeaderLength] == NeighborAdvertisement && (packet[IPv6HeaderLength + 4] & SolicitedFlag) == 0;
        return isUnsolicited ? new WireAnnouncement(frame.At, frame.Source, IpAddress.FromBytes(packet.Slice(IPv6HeaderLength + 8, 16))) : null;
    }
}
