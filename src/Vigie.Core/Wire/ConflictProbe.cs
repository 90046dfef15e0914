using Vigie.Core.Net;

namespace Vigie.Core.Wire;

/// <summary>
/// Whole Ethernet frames that ask whether anybody else holds an address without claiming it: the ARP probe of RFC 5227
/// 2.1.1 and the duplicate address solicitation of RFC 4862 5.4.2. Whoever answers holds it too.
/// </summary>
public static class ConflictProbe
{
    public const int MaximumFrameLength = EthernetHeader.Length + Ipv6Header.Length + NeighborCodec.HeaderLength;

    /// <summary>Who asks claims nothing: the sender of an ARP probe.</summary>
    public static readonly IpAddress AnyIPv4 = IpAddress.FromIPv4(0);
    private static readonly IpAddress AnyIPv6 = IpAddress.FromIPv6(UInt128.Zero);

    // ff02::1:ff00:0/104, completed by the last 24 bits of the address (RFC 4291 2.7.1).
    private static readonly UInt128 SolicitedNodePrefix = new(0xFF02_0000_0000_0000, 0x0000_0001_FF00_0000);

    /// <summary>Writes the question for the address's family and returns the frame's length (42 or 78).</summary>
    /// <param name="frame">At least <see cref="MaximumFrameLength"/> bytes.</param>
    /// <param name="sender">The hardware address that the answer is to go to.</param>
    /// <param name="address">The address asked about.</param>
    public static int Write(Span<byte> frame, MacAddress sender, IpAddress address) =>
        address.Family == IpFamily.IPv4 ? WriteArp(frame, sender, address) : WriteSolicitation(frame, sender, address);

    private static int WriteArp(Span<byte> frame, MacAddress sender, IpAddress address)
    {
        var at = EthernetCodec.Encode(new(MacAddress.Broadcast, sender, EtherType.Arp), frame);
        var packet = new ArpPacket
        {
            Operation = ArpOperation.Request, SenderMac = sender, SenderIp = AnyIPv4, TargetMac = MacAddress.Zero, TargetIp = address,
        };
        return at + ArpCodec.Encode(packet, frame[at..]);
    }

    private static int WriteSolicitation(Span<byte> frame, MacAddress sender, IpAddress address)
    {
        var group = IpAddress.FromIPv6(SolicitedNodePrefix | address.Bits & 0xFF_FFFF);
        var at = EthernetCodec.Encode(new(MacAddress.ForMulticast(group), sender, EtherType.IPv6), frame);
        var header = new Ipv6Header
        {
            PayloadLength = NeighborCodec.HeaderLength, // no link-layer option from the unspecified address (RFC 4861 4.3)
            NextHeader = NeighborCodec.IpProtocol,
            HopLimit = NeighborCodec.HopLimit,
            Source = AnyIPv6,
            Destination = group,
        };
        at += Ipv6Codec.Encode(header, frame[at..]);
        var message = new NeighborMessage { Type = NeighborMessageType.Solicitation, Target = address };
        return at + NeighborCodec.Encode(message, AnyIPv6, group, frame[at..]);
    }
}
