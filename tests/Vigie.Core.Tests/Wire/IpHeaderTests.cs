using CsCheck;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Wire;

/// <summary>Ethernet, IPv4 and IPv6 headers: fields, lengths, refusals, round trips.</summary>
public sealed class IpHeaderTests
{
    // An advertisement as keepalived sends one; the header checksum is the kernel's.
    private static readonly byte[] V4 = WireBytes.FromHex("45c00028 00014000 ff709044 0a4d0001 e0000012  0102030405060708090a0b0c0d0e0f1011121314");

    private static readonly byte[] V6 = WireBytes.FromHex("""
        6ca539aa 0004 70 ff fe800000000000000000000000000001 ff020000000000000000000000000012  01020304
        """);

    private static readonly Ipv4Header ExpectedV4 = new()
    {
        HeaderLength = 20,
        TrafficClass = 0xC0,
        TotalLength = 40,
        Identification = 1,
        DontFragment = true,
        Ttl = 255,
        Protocol = 112,
        Source = IpAddress.Parse("10.77.0.1"),
        Destination = IpAddress.Parse("224.0.0.18"),
    };

    private static readonly Ipv6Header ExpectedV6 = new()
    {
        TrafficClass = 0xCA,
        FlowLabel = 0x539AA,
        PayloadLength = 4,
        NextHeader = 112,
        HopLimit = 255,
        Source = IpAddress.Parse("fe80::1"),
        Destination = IpAddress.Parse("ff02::12"),
    };

    [Fact]
    public void An_Ethernet_header_is_read_and_written_field_by_field()
    {
        var frame = WireBytes.FromHex("01005e000012 020000000001 0800 45c0");

        Assert.Equal(EthernetError.None, EthernetCodec.TryDecode(frame, out var header, out var payload));
        Assert.Equal(new EthernetHeader(new(0x0100_5E00_0012), new(0x0200_0000_0001), EtherType.IPv4), header);
        Assert.Equal(new byte[] { 0x45, 0xC0 }, payload);

        var buffer = WireBytes.StaleBuffer(16);
        Assert.Equal(14, EthernetCodec.Encode(header, buffer));
        Assert.Equal([.. frame[..14], WireBytes.Stale, WireBytes.Stale], buffer);
    }

    [Fact]
    public void An_Ethernet_header_shorter_than_14_bytes_is_truncated()
    {
        for (var length = 0; length < 14; length++)
            Assert.Equal(EthernetError.Truncated, EthernetCodec.TryDecode(new byte[length], out _, out _));
        Assert.Equal(EthernetError.None, EthernetCodec.TryDecode(new byte[14], out _, out var payload));
        Assert.True(payload.IsEmpty);
    }

    [Fact]
    public void An_IPv4_header_is_read_and_written_field_by_field()
    {
        Assert.Equal(Ipv4Error.None, Ipv4Codec.TryDecode(V4, out var header, out var payload));
        Assert.Equal(ExpectedV4, header);
        Assert.Equal(V4.AsSpan(20), payload);
        Assert.False(header.IsFragment);

        var buffer = WireBytes.StaleBuffer(24);
        Assert.Equal(20, Ipv4Codec.Encode(header, buffer));
        Assert.Equal(V4[..20], buffer[..20]);
        Assert.All(buffer[20..], stale => Assert.Equal(WireBytes.Stale, stale));
    }

    [Fact]
    public void IPv4_payload_ends_at_the_total_length_and_padding_is_dropped()
    {
        Assert.Equal(Ipv4Error.None, Ipv4Codec.TryDecode([.. V4, 0, 0, 0, 0, 0, 0], out _, out var payload));
        Assert.Equal(V4.AsSpan(20), payload);
    }

    [Fact]
    public void An_IPv4_packet_may_be_a_header_alone()
    {
        Assert.Equal(Ipv4Error.None, Ipv4Codec.TryDecode(WithV4Checksum([.. V4.AsSpan(0, 20)], total: 20), out _, out var payload));
        Assert.True(payload.IsEmpty);
    }

    [Fact]
    public void IPv4_options_are_passed_over()
    {
        var packet = WithV4Checksum([0x46, .. V4.AsSpan(1, 19), 0x94, 4, 0, 0, .. V4.AsSpan(20)], total: 44);
        Assert.Equal(Ipv4Error.None, Ipv4Codec.TryDecode(packet, out var header, out var payload));
        Assert.Equal(24, header.HeaderLength);
        Assert.Equal(V4.AsSpan(20), payload);
    }

    [Theory]
    [InlineData(0x20, 0x00, true)]
    [InlineData(0x00, 0x01, true)]
    [InlineData(0x1F, 0xFF, true)]
    [InlineData(0x40, 0x00, false)]
    [InlineData(0x80, 0x00, false)]
    public void IPv4_fragments_are_flagged(byte high, byte low, bool fragment)
    {
        var packet = (byte[])V4.Clone();
        (packet[6], packet[7]) = (high, low);
        Assert.Equal(Ipv4Error.None, Ipv4Codec.TryDecode(WithV4Checksum(packet, 40), out var header, out _));
        Assert.Equal(fragment, header.IsFragment);
        Assert.Equal((high << 8 | low) & 0x1FFF, header.FragmentOffset);
        Assert.Equal((high & 0x20) != 0, header.MoreFragments);
    }

    [Fact]
    public void Every_shorter_IPv4_packet_is_refused()
    {
        for (var length = 0; length < 20; length++)
            Assert.Equal(Ipv4Error.Truncated, Ipv4Codec.TryDecode(V4.AsSpan(0, length), out _, out _));
        for (var length = 20; length < V4.Length; length++)
            Assert.Equal(Ipv4Error.TotalLength, Ipv4Codec.TryDecode(V4.AsSpan(0, length), out _, out _));
        Assert.Equal(Ipv4Error.Truncated, Ipv4Codec.TryDecode([0x4F, .. V4.AsSpan(1)], out _, out _));
    }

    [Theory]
    [InlineData(0, 0x55, Ipv4Error.Version)]
    [InlineData(0, 0x44, Ipv4Error.HeaderLength)]
    [InlineData(3, 19, Ipv4Error.TotalLength)]
    [InlineData(3, 41, Ipv4Error.TotalLength)]
    [InlineData(8, 254, Ipv4Error.Checksum)]
    public void A_broken_IPv4_header_is_refused(int offset, byte value, Ipv4Error expected)
    {
        var packet = (byte[])V4.Clone();
        packet[offset] = value;
        Assert.Equal(expected, Ipv4Codec.TryDecode(packet, out var header, out var payload));
        Assert.Equal(default, header);
        Assert.True(payload.IsEmpty);
    }

    [Fact]
    public void Every_single_flipped_bit_of_an_IPv4_header_is_refused()
    {
        foreach (var (bit, header) in WireBytes.OneBitFlips(V4[..20]))
            Assert.True(Ipv4Codec.TryDecode([.. header, .. V4.AsSpan(20)], out _, out _) != Ipv4Error.None, $"bit {bit} flipped");
    }

    [Fact]
    public void An_IPv6_header_is_read_and_written_field_by_field()
    {
        Assert.Equal(Ipv6Error.None, Ipv6Codec.TryDecode([.. V6, 0, 0], out var header, out var payload));
        Assert.Equal(ExpectedV6, header);
        Assert.Equal(V6.AsSpan(40), payload);

        var buffer = WireBytes.StaleBuffer(44);
        Assert.Equal(40, Ipv6Codec.Encode(header, buffer));
        Assert.Equal(V6[..40], buffer[..40]);
        Assert.All(buffer[40..], stale => Assert.Equal(WireBytes.Stale, stale));
    }

    [Fact]
    public void Every_shorter_IPv6_packet_is_refused()
    {
        for (var length = 0; length < 40; length++)
            Assert.Equal(Ipv6Error.Truncated, Ipv6Codec.TryDecode(V6.AsSpan(0, length), out _, out _));
        for (var length = 40; length < V6.Length; length++)
            Assert.Equal(Ipv6Error.PayloadLength, Ipv6Codec.TryDecode(V6.AsSpan(0, length), out _, out _));
    }

    [Theory]
    [InlineData(0x4C)]
    [InlineData(0x7C)]
    public void Another_version_than_6_is_refused(byte first) =>
        Assert.Equal(Ipv6Error.Version, Ipv6Codec.TryDecode([first, .. V6.AsSpan(1)], out _, out _));

    [Fact]
    public void Whatever_IPv4_header_is_encoded_is_decoded_to_the_same() =>
        Gen.Select(Gen.Select(Gen.Byte, Gen.UShort[20, 100], Gen.UShort, Gen.Int[0, 3], Gen.UShort[0, 0x1FFF]), Gen.Byte, Gen.Byte, Gen.UInt, Gen.UInt).Sample(
            (head, ttl, protocol, source, destination) =>
            {
                var header = new Ipv4Header
                {
                    HeaderLength = 20,
                    TrafficClass = head.Item1,
                    TotalLength = head.Item2,
                    Identification = head.Item3,
                    DontFragment = (head.Item4 & 1) != 0,
                    MoreFragments = (head.Item4 & 2) != 0,
                    FragmentOffset = head.Item5,
                    Ttl = ttl,
                    Protocol = protocol,
                    Source = IpAddress.FromIPv4(source),
                    Destination = IpAddress.FromIPv4(destination),
                };
                var buffer = WireBytes.StaleBuffer(100);
                Ipv4Codec.Encode(header, buffer);
                Assert.Equal(Ipv4Error.None, Ipv4Codec.TryDecode(buffer, out var decoded, out _));
                Assert.Equal(header, decoded);
            });

    [Fact]
    public void What_a_header_cannot_say_is_a_bug_of_the_caller()
    {
        var buffer = new byte[60];
        Assert.Throws<ArgumentException>(() => Ipv4Codec.Encode(ExpectedV4 with { Source = ExpectedV6.Source }, buffer));
        Assert.Throws<ArgumentException>(() => Ipv4Codec.Encode(ExpectedV4 with { Destination = ExpectedV6.Source }, buffer));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ipv4Codec.Encode(ExpectedV4 with { FragmentOffset = 0x2000 }, buffer));
        Assert.Throws<ArgumentException>(() => Ipv6Codec.Encode(ExpectedV6 with { Source = ExpectedV4.Source }, buffer));
        Assert.Throws<ArgumentException>(() => Ipv6Codec.Encode(ExpectedV6 with { Destination = ExpectedV4.Source }, buffer));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ipv6Codec.Encode(ExpectedV6 with { FlowLabel = 0x10_0000 }, buffer));
    }

    [Fact]
    public void Neither_direction_allocates()
    {
        var buffer = new byte[60];
        Assert.Equal(0, WireBytes.AllocatedBy(() =>
        {
            EthernetCodec.TryDecode(V4, out var ethernet, out _);
            EthernetCodec.Encode(ethernet, buffer);
            Ipv4Codec.TryDecode(V4, out var v4, out _);
            Ipv4Codec.Encode(v4, buffer);
            Ipv6Codec.TryDecode(V6, out var v6, out _);
            Ipv6Codec.Encode(v6, buffer);
        }));
    }

    private static byte[] WithV4Checksum(byte[] packet, int total)
    {
        (packet[2], packet[3]) = ((byte)(total >> 8), (byte)total);
        (packet[10], packet[11]) = (0, 0);
        var checksum = VrrpPacketBuilder.PlainChecksum(packet.AsSpan(0, (packet[0] & 0xF) * 4));
        (packet[10], packet[11]) = ((byte)(checksum >> 8), (byte)checksum);
        return packet;
    }
}
