using Vigie.Core.Net;

namespace Vigie.Core.Wire;

/// <summary>
/// Whole Ethernet frames that tell a link where an IPv4 address now lives (RFC 9568 6.4.1). Both forms are sent by
/// the Active: some stacks update their cache only on a request, some only on a reply.
/// </summary>
public static class GratuitousArp
{
    /// <summary>Both forms, in bytes; the kernel or the card pads it.</summary>
    public const int FrameLength = EthernetHeader.Length + ArpCodec.Length;

    /// <summary>
    /// The announcement of RFC 5227 3: a broadcast request in which sender and target are the address itself, and
    /// the target's hardware address is zero (1.1). Returns the frame's length, 42.
    /// </summary>
    public static int WriteRequest(Span<byte> frame, MacAddress sender, IpAddress vip) =>
        Write(frame, ArpOperation.Request, sender, vip, MacAddress.Zero);

    /// <summary>
    /// The broadcast reply form (RFC 5944 4.6): the target's hardware address repeats the sender's. That is more than
    /// taste: Linux takes a reply as gratuitous, and lets it replace a neighbour entry younger than a second, only
    /// when the two are equal. Returns the frame's length, 42.
    /// </summary>
    public static int WriteReply(Span<byte> frame, MacAddress sender, IpAddress vip) =>
        Write(frame, ArpOperation.Reply, sender, vip, sender);

    private static int Write(Span<byte> frame, ArpOperation operation, MacAddress sender, IpAddress vip, MacAddress target)
    {
        var at = EthernetCodec.Encode(new(MacAddress.Broadcast, sender, EtherType.Arp), frame);
        var packet = new ArpPacket { Operation = operation, SenderMac = sender, SenderIp = vip, TargetMac = target, TargetIp = vip };
        return at + ArpCodec.Encode(packet, frame[at..]);
    }
}
