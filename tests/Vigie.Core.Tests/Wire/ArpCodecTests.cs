using CsCheck;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Wire;

/// <summary>ARP packets, field by field and refusal by refusal.</summary>
public sealed class ArpCodecTests
{
    private static readonly byte[] Valid = WireBytes.FromHex(
        "0001 0800 06 04 0002  020000000001 0a4d0001  020000000002 0a4d0002");

    private static readonly ArpPacket Expected = new()
    {
        Operation = ArpOperation.Reply,
        SenderMac = new(0x0200_0000_0001),
        SenderIp = IpAddress.Parse("10.77.0.1"),
        TargetMac = new(0x0200_0000_0002),
        TargetIp = IpAddress.Parse("10.77.0.2"),
    };

    [Fact]
    public void A_packet_is_read_field_by_field()
    {
        Assert.Equal(ArpError.None, ArpCodec.TryDecode(Valid, out var packet));
        Assert.Equal(Expected, packet);
    }

    [Fact]
    public void Padding_after_the_packet_is_ignored()
    {
        Assert.Equal(ArpError.None, ArpCodec.TryDecode([.. Valid, .. new byte[18]], out var packet));
        Assert.Equal(Expected, packet);
    }

    [Fact]
    public void A_packet_is_written_byte_by_byte()
    {
        var buffer = WireBytes.StaleBuffer(ArpCodec.Length + 3);
        Assert.Equal(ArpCodec.Length, ArpCodec.Encode(Expected, buffer));
        Assert.Equal([.. Valid, WireBytes.Stale, WireBytes.Stale, WireBytes.Stale], buffer);
    }

    [Fact]
    public void Every_shorter_length_is_truncated()
    {
        for (var length = 0; length < Valid.Length; length++)
            Assert.Equal(ArpError.Truncated, ArpCodec.TryDecode(Valid.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData(1, 6, ArpError.HardwareType)]
    [InlineData(2, 0x86, ArpError.ProtocolType)]
    [InlineData(4, 8, ArpError.HardwareLength)]
    [InlineData(5, 16, ArpError.ProtocolLength)]
    [InlineData(7, 0, ArpError.Operation)]
    [InlineData(7, 3, ArpError.Operation)]
    [InlineData(6, 1, ArpError.Operation)]
    public void Another_kind_of_ARP_is_refused(int offset, byte value, ArpError expected)
    {
        var bytes = (byte[])Valid.Clone();
        bytes[offset] = value;
        Assert.Equal(expected, ArpCodec.TryDecode(bytes, out var packet));
        Assert.Equal(default, packet);
    }

    [Fact]
    public void Whatever_is_encoded_is_decoded_to_the_same() =>
        Gen.Select(Gen.Bool, Gen.ULong[0, 0xFFFF_FFFF_FFFF], Gen.UInt, Gen.ULong[0, 0xFFFF_FFFF_FFFF], Gen.UInt).Sample(
            (reply, senderMac, senderIp, targetMac, targetIp) =>
            {
                var packet = new ArpPacket
                {
                    Operation = reply ? ArpOperation.Reply : ArpOperation.Request,
                    SenderMac = new(senderMac),
                    SenderIp = IpAddress.FromIPv4(senderIp),
                    TargetMac = new(targetMac),
                    TargetIp = IpAddress.FromIPv4(targetIp),
                };
                var buffer = WireBytes.StaleBuffer(ArpCodec.Length);
                ArpCodec.Encode(packet, buffer);
                Assert.Equal(ArpError.None, ArpCodec.TryDecode(buffer, out var decoded));
                Assert.Equal(packet, decoded);
            });

    [Fact]
    public void Addresses_of_another_family_are_a_bug_of_the_caller()
    {
        var v6 = IpAddress.Parse("fe80::1");
        Assert.Throws<ArgumentException>(() => ArpCodec.Encode(Expected with { SenderIp = v6 }, new byte[64]));
        Assert.Throws<ArgumentException>(() => ArpCodec.Encode(Expected with { TargetIp = v6 }, new byte[64]));
        Assert.Throws<ArgumentException>(() => ArpCodec.Encode(default, new byte[64]));
    }

    [Fact]
    public void Neither_direction_allocates()
    {
        var buffer = new byte[ArpCodec.Length];
        Assert.Equal(0, WireBytes.AllocatedBy(() =>
        {
            ArpCodec.TryDecode(Valid, out var packet);
            ArpCodec.Encode(packet, buffer);
        }));
    }
}
