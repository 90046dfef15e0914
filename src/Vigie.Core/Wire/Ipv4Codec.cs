using System.Buffers.Binary;
using Vigie.Core.Net;

namespace Vigie.Core.Wire;

/// <summary>IPv4 headers as bytes (RFC 791). Any bytes give an answer; nothing allocates.</summary>
public static class Ipv4Codec
{
    private const int FlagDontFragment = 0x4000;
    private const int FlagMoreFragments = 0x2000;
    private const int FragmentOffsetMask = 0x1FFF;

    /// <summary>
    /// Reads the header and hands out the payload, cut to the total length so that Ethernet padding is gone. A
    /// fragment is read like any packet: look at <see cref="Ipv4Header.IsFragment"/> before reading its payload.
    /// </summary>
    public static Ipv4Error TryDecode(ReadOnlySpan<byte> packet, out Ipv4Header header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (packet.Length < Ipv4Header.MinimumLength)
            return Ipv4Error.Truncated;
        if (packet[0] >> 4 != 4)
            return Ipv4Error.Version;
        var headerLength = (packet[0] & 0xF) * 4;
        if (headerLength < Ipv4Header.MinimumLength)
            return Ipv4Error.HeaderLength;
        if (packet.Length < headerLength)
            return Ipv4Error.Truncated;
        var totalLength = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (totalLength < headerLength || totalLength > packet.Length)
            return Ipv4Error.TotalLength;
        if (!InternetChecksum.IsValid(InternetChecksum.Add(0, packet[..headerLength])))
            return Ipv4Error.Checksum;

        var fragment = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        header = new()
        {
            HeaderLength = (byte)headerLength,
            TrafficClass = packet[1],
            TotalLength = totalLength,
            Identification = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]),
            DontFragment = (fragment & FlagDontFragment) != 0,
            MoreFragments = (fragment & FlagMoreFragments) != 0,
            FragmentOffset = (ushort)(fragment & FragmentOffsetMask),
            Ttl = packet[8],
            Protocol = packet[9],
            Source = IpAddress.FromBytes(packet.Slice(12, 4)),
            Destination = IpAddress.FromBytes(packet.Slice(16, 4)),
        };
        payload = packet[headerLength..totalLength];
        return Ipv4Error.None;
    }

    /// <summary>
    /// Writes a header of 20 bytes with its checksum and returns that number. Addresses other than IPv4, or an offset
    /// of more than 13 bits, are a bug of the caller.
    /// </summary>
    public static int Encode(in Ipv4Header header, Span<byte> output)
    {
        if (header.Source.Family != IpFamily.IPv4 || header.Destination.Family != IpFamily.IPv4)
            throw new ArgumentException("an IPv4 header carries IPv4 addresses", nameof(header));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(header.FragmentOffset, FragmentOffsetMask);
        output[0] = 4 << 4 | Ipv4Header.MinimumLength / 4;
        output[1] = header.TrafficClass;
        BinaryPrimitives.WriteUInt16BigEndian(output[2..], header.TotalLength);
        BinaryPrimitives.WriteUInt16BigEndian(output[4..], header.Identification);
        var flags = (header.DontFragment ? FlagDontFragment : 0) | (header.MoreFragments ? FlagMoreFragments : 0);
        BinaryPrimitives.WriteUInt16BigEndian(output[6..], (ushort)(flags | header.FragmentOffset));
        output[8] = header.Ttl;
        output[9] = header.Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(output[10..], 0);
        header.Source.WriteTo(output[12..]);
        header.Destination.WriteTo(output[16..]);
        var checksum = InternetChecksum.Finish(InternetChecksum.Add(0, output[..Ipv4Header.MinimumLength]));
        BinaryPrimitives.WriteUInt16BigEndian(output[10..], checksum);
        return Ipv4Header.MinimumLength;
    }
}
