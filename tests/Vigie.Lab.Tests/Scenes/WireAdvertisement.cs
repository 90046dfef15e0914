using System.Buffers.Binary;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab.Probes;

namespace Vigie.Lab.Tests.Scenes;

/// <summary>
/// One VRRP advertisement as it went over the wire, read by offsets alone: a test that judges what Vigie sends must not
/// read it with Vigie's own decoder.
/// </summary>
internal sealed record WireAdvertisement(
    Instant At, MacAddress Mac, IpAddress Source, IpAddress Destination, byte HopLimit, int Version, byte Vrid, byte Priority, int AddressCount, ushort IntervalField)
{
    private const int IPv6HeaderLength = 40;

    public IpFamily Family => Source.Family;

    public bool IsResignation => Priority == 0;

    public static WireAdvertisement? Read(CapturedFrame frame)
    {
        if (!frame.IsVrrp)
            return null;
        var packet = frame.Payload;
        var ipv4 = frame.EtherType == 0x0800;
        var headerLength = ipv4 ? (packet[0] & 0x0F) * 4 : IPv6HeaderLength;
        if (packet.Length < headerLength + 8)
            return null;
        var message = packet[headerLength..];
        var version = message[0] >> 4;
        return new WireAdvertisement(
            frame.At, frame.Source,
            IpAddress.FromBytes(ipv4 ? packet.Slice(12, 4) : packet.Slice(8, 16)),
            IpAddress.FromBytes(ipv4 ? packet.Slice(16, 4) : packet.Slice(24, 16)),
            ipv4 ? packet[8] : packet[7],
            version, message[1], message[2], message[3],
            version == 2 ? message[5] : (ushort)(BinaryPrimitives.ReadUInt16BigEndian(message[4..]) & 0x0FFF));
    }
}
