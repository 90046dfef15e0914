using System.Buffers.Binary;
using Vigie.Core.Net;

namespace Vigie.Core.Wire;

/// <summary>The 14 bytes before every packet on Ethernet (RFC 894). No VLAN tags: the kernel takes them off.</summary>
public readonly record struct EthernetHeader(MacAddress Destination, MacAddress Source, EtherType Type)
{
    public const int Length = 14;
}

/// <summary>Why bytes do not begin with an Ethernet header.</summary>
public enum EthernetError : byte
{
    None = 0,

    /// <summary>Fewer than 14 bytes.</summary>
    Truncated,
}

/// <summary>Ethernet headers as bytes. Any bytes give an answer; nothing allocates.</summary>
public static class EthernetCodec
{
    /// <summary>Reads the header and hands out what follows it, padding included.</summary>
    public static EthernetError TryDecode(ReadOnlySpan<byte> frame, out EthernetHeader header, out ReadOnlySpan<byte> payload)
    {
        if (frame.Length < EthernetHeader.Length)
        {
            header = default;
            payload = default;
            return EthernetError.Truncated;
        }

        header = new(
            MacAddress.FromBytes(frame), MacAddress.FromBytes(frame[6..]), (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[12..]));
        payload = frame[EthernetHeader.Length..];
        return EthernetError.None;
    }

    /// <summary>Writes 14 bytes and returns that number.</summary>
    public static int Encode(in EthernetHeader header, Span<byte> frame)
    {
        header.Destination.WriteTo(frame);
        header.Source.WriteTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], (ushort)header.Type);
        return EthernetHeader.Length;
    }
}
