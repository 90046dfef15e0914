using System.Buffers.Binary;
using Vigie.Core.Net;

namespace Vigie.Core.Wire;

/// <summary>ARP packets for IPv4 over Ethernet as bytes (RFC 826). Any bytes give an answer; nothing allocates.</summary>
public static class ArpCodec
{
    /// <summary>An ARP packet without its Ethernet header, in bytes.</summary>
    public const int Length = 28;

    private const ushort HardwareTypeEthernet = 1;

    /// <summary>
    /// Reads an Ethernet payload. Bytes after the packet are ignored: Ethernet pads short frames to 60 bytes and ARP
    /// has no length of its own.
    /// </summary>
    public static ArpError TryDecode(ReadOnlySpan<byte> arpPayload, out ArpPacket packet)
    {
        packet = default;
        if (arpPayload.Length < Length)
            return ArpError.Truncated;
        if (BinaryPrimitives.ReadUInt16BigEndian(arpPayload) != HardwareTypeEthernet)
            return ArpError.HardwareType;
        if (BinaryPrimitives.ReadUInt16BigEndian(arpPayload[2..]) != (ushort)EtherType.IPv4)
            return ArpError.ProtocolType;
        if (arpPayload[4] != 6)
            return ArpError.HardwareLength;
        if (arpPayload[5] != 4)
            return ArpError.ProtocolLength;
        var operation = (ArpOperation)BinaryPrimitives.ReadUInt16BigEndian(arpPayload[6..]);
        if (operation is not (ArpOperation.Request or ArpOperation.Reply))
            return ArpError.Operation;

        packet = new()
        {
            Operation = operation,
            SenderMac = MacAddress.FromBytes(arpPayload[8..]),
            SenderIp = IpAddress.FromBytes(arpPayload.Slice(14, 4)),
            TargetMac = MacAddress.FromBytes(arpPayload[18..]),
            TargetIp = IpAddress.FromBytes(arpPayload.Slice(24, 4)),
        };
        return ArpError.None;
    }

    /// <summary>Writes 28 bytes and returns that number. Addresses other than IPv4 are a bug of the caller.</summary>
    public static int Encode(in ArpPacket packet, Span<byte> output)
    {
        if (packet.SenderIp.Family != IpFamily.IPv4 || packet.TargetIp.Family != IpFamily.IPv4)
            throw new ArgumentException("ARP carries IPv4 addresses", nameof(packet));
        BinaryPrimitives.WriteUInt16BigEndian(output, HardwareTypeEthernet);
        BinaryPrimitives.WriteUInt16BigEndian(output[2..], (ushort)EtherType.IPv4);
        output[4] = 6;
        output[5] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(output[6..], (ushort)packet.Operation);
        packet.SenderMac.WriteTo(output[8..]);
        packet.SenderIp.WriteTo(output[14..]);
        packet.TargetMac.WriteTo(output[18..]);
        packet.TargetIp.WriteTo(output[24..]);
        return Length;
    }
}
