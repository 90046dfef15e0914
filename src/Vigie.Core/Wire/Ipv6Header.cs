using System.Buffers.Binary;
using Vigie.Core.Net;

namespace Vigie.Core.Wire;

/// <summary>The fixed IPv6 header (RFC 8200 3). Extension headers are not followed: none belongs before what we read.</summary>
public readonly record struct Ipv6Header
{
    public const int Length = 40;

    public byte TrafficClass { get; init; }

    /// <summary>20 bits.</summary>
    public uint FlowLabel { get; init; }

    /// <summary>What follows this header, in bytes.</summary>
    public ushort PayloadLength { get; init; }

    public byte NextHeader { get; init; }

    public byte HopLimit { get; init; }

    public IpAddress Source { get; init; }

    public IpAddress Destination { get; init; }
}

/// <summary>Why bytes are not an IPv6 packet, in the order of the checks.</summary>
public enum Ipv6Error : byte
{
    None = 0,

    /// <summary>Fewer than 40 bytes.</summary>
    Truncated,

    /// <summary>Version other than 6.</summary>
    Version,

    /// <summary>The header promises more payload than there is.</summary>
    PayloadLength,
}

/// <summary>IPv6 headers as bytes. Any bytes give an answer; nothing allocates.</summary>
public static class Ipv6Codec
{
    /// <summary>Reads the header and hands out the payload, cut to the header's length so that padding is gone.</summary>
    public static Ipv6Error TryDecode(ReadOnlySpan<byte> packet, out Ipv6Header header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (packet.Length < Ipv6Header.Length)
            return Ipv6Error.Truncated;
        var first = BinaryPrimitives.ReadUInt32BigEndian(packet);
        if (first >> 28 != 6)
            return Ipv6Error.Version;
        var length = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        if (packet.Length - Ipv6Header.Length < length)
            return Ipv6Error.PayloadLength;

        header = new()
        {
            TrafficClass = (byte)(first >> 20),
            FlowLabel = first & 0xF_FFFF,
            PayloadLength = length,
            NextHeader = packet[6],
            HopLimit = packet[7],
            Source = IpAddress.FromBytes(packet.Slice(8, 16)),
            Destination = IpAddress.FromBytes(packet.Slice(24, 16)),
        };
        payload = packet.Slice(Ipv6Header.Length, length);
        return Ipv6Error.None;
    }

    /// <summary>Writes 40 bytes and returns that number. Addresses other than IPv6 are a bug of the caller.</summary>
    public static int Encode(in Ipv6Header header, Span<byte> output)
    {
        if (header.Source.Family != IpFamily.IPv6 || header.Destination.Family != IpFamily.IPv6)
            throw new ArgumentException("an IPv6 header carries IPv6 addresses", nameof(header));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(header.FlowLabel, 0xF_FFFFu);
        BinaryPrimitives.WriteUInt32BigEndian(output, 6u << 28 | (uint)header.TrafficClass << 20 | header.FlowLabel);
        BinaryPrimitives.WriteUInt16BigEndian(output[4..], header.PayloadLength);
        output[6] = header.NextHeader;
        output[7] = header.HopLimit;
        header.Source.WriteTo(output[8..]);
        header.Destination.WriteTo(output[24..]);
        return Ipv6Header.Length;
    }
}
