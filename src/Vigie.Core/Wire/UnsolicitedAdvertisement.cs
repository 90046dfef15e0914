using Vigie.Core.Net;

namespace Vigie.Core.Wire;

/// <summary>
/// A whole Ethernet frame that tells a link where an IPv6 address now lives: the unsolicited neighbour advertisement
/// of RFC 9568 6.4.1 and RFC 4861 7.2.6.
/// </summary>
public static class UnsolicitedAdvertisement
{
    public const int FrameLength = EthernetHeader.Length + Ipv6Header.Length + NeighborCodec.MaximumLength;

    private static readonly IpAddress AllNodes = IpAddress.FromIPv6(new UInt128(0xFF02_0000_0000_0000, 1));

    /// <summary>
    /// Writes the frame to all nodes (ff02::1), with hop limit 255, Override set and Solicited clear, and the target
    /// link-layer address. Returns the frame's length, 86.
    /// </summary>
    /// <param name="frame">At least <see cref="FrameLength"/> bytes.</param>
    /// <param name="sender">The hardware address that the VIP is now at.</param>
    /// <param name="source">An address of the sending interface; the VIP itself is allowed.</param>
    /// <param name="vip">The IPv6 address that moved.</param>
    /// <param name="router">Whether this host forwards packets: a wrong "no" makes hosts forget a default router.</param>
    public static int Write(Span<byte> frame, MacAddress sender, IpAddress source, IpAddress vip, bool router)
    {
        var at = EthernetCodec.Encode(new(MacAddress.ForMulticast(AllNodes), sender, EtherType.IPv6), frame);
        var header = new Ipv6Header
        {
            PayloadLength = NeighborCodec.MaximumLength,
            NextHeader = NeighborCodec.IpProtocol,
            HopLimit = NeighborCodec.HopLimit,
            Source = source,
            Destination = AllNodes,
        };
        at += Ipv6Codec.Encode(header, frame[at..]);
        var message = new NeighborMessage
        {
            Type = NeighborMessageType.Advertisement,
            Target = vip,
            LinkLayerAddress = sender,
            Router = router,
            Override = true,
        };
        return at + NeighborCodec.Encode(message, source, AllNodes, frame[at..]);
    }
}
