using System.Buffers.Binary;
using Vigie.Core;
using Vigie.Core.Net;

namespace Vigie.Lab.Probes;

/// <summary>One Ethernet frame and when the lab got to see it.</summary>
public sealed record CapturedFrame(Instant At, ReadOnlyMemory<byte> Bytes)
{
    private const int EtherTypeOffset = 12;

    public MacAddress Destination => MacAddress.FromBytes(Bytes.Span[..6]);

    public MacAddress Source => MacAddress.FromBytes(Bytes.Span[6..12]);

    public ushort EtherType => BinaryPrimitives.ReadUInt16BigEndian(Bytes.Span[EtherTypeOffset..]);

    /// <summary>What follows the Ethernet header.</summary>
    public ReadOnlySpan<byte> Payload => Bytes.Span[(EtherTypeOffset + 2)..];

    public bool IsArp => EtherType == 0x0806;

    /// <summary>VRRP over either family, without extension headers.</summary>
    public bool IsVrrp => (EtherType == 0x0800 && Payload.Length > 9 && Payload[9] == 112) || (EtherType == 0x86DD && Payload.Length > 6 && Payload[6] == 112);
}
