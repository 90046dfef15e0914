using CsCheck;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Wire;

/// <summary>Neighbour solicitations and advertisements: every check of RFC 4861 7.1.1 and 7.1.2 has its test.</summary>
public sealed class NeighborCodecTests
{
    private static readonly IpAddress Source = IpAddress.Parse("fe80::1");
    private static readonly IpAddress AllNodes = IpAddress.Parse("ff02::1");
    private static readonly IpAddress Host = IpAddress.Parse("2001:db8::7");
    private static readonly IpAddress Unspecified = IpAddress.Parse("::");
    private static readonly IpAddress SolicitedNode = IpAddress.Parse("ff02::1:ff00:64");
    private static readonly IpAddress Vip = IpAddress.Parse("2001:db8::64");
    private static readonly MacAddress Mac = new(0x0200_0000_0001);

    private const string Target = "20010db8000000000000000000000064";
    private const string TargetOption = "02 01 020000000001";
    private const string SourceOption = "01 01 020000000001";

    [Theory]
    [InlineData("00", false, false, false)]
    [InlineData("80", true, false, false)]
    [InlineData("40", false, true, false)]
    [InlineData("20", false, false, true)]
    [InlineData("ff", true, true, true)]
    public void An_advertisement_is_read_flag_by_flag(string flags, bool router, bool solicited, bool replace)
    {
        var bytes = Message($"88 00 0000 {flags}000000 {Target} {TargetOption}", Host);
        Assert.Equal(NeighborError.None, NeighborCodec.TryDecode(bytes, Source, Host, 255, out var message));
        Assert.Equal(
            new NeighborMessage
            {
                Type = NeighborMessageType.Advertisement,
                Target = Vip,
                LinkLayerAddress = Mac,
                Router = router,
                Solicited = solicited,
                Override = replace,
            },
            message);
    }

    [Fact]
    public void A_solicitation_is_read_and_has_no_flags()
    {
        var bytes = Message($"87 00 0000 e0000000 {Target} {SourceOption}", SolicitedNode);
        Assert.Equal(NeighborError.None, NeighborCodec.TryDecode(bytes, Source, SolicitedNode, 255, out var message));
        Assert.Equal(new NeighborMessage { Type = NeighborMessageType.Solicitation, Target = Vip, LinkLayerAddress = Mac }, message);
    }

    [Theory]
    [InlineData("87", TargetOption)]
    [InlineData("88", SourceOption)]
    [InlineData("88", "0e 01 aabbccddeeff")]
    [InlineData("88", "02 02 020000000001 0000000000000000", NeighborError.LinkLayerAddressLength)]
    [InlineData("88", "0e 02 aabbccddeeff 0000000000000000")]
    [InlineData("88", "")]
    public void Options_of_another_kind_are_passed_over(string type, string option, NeighborError expected = NeighborError.None)
    {
        var bytes = Message($"{type} 00 0000 00000000 {Target} {option}", AllNodes);
        Assert.Equal(expected, NeighborCodec.TryDecode(bytes, Source, AllNodes, 255, out var message));
        Assert.Null(message.LinkLayerAddress);
    }

    [Fact]
    public void The_option_is_found_behind_others()
    {
        var bytes = Message($"88 00 0000 00000000 {Target} 0e 02 aabbccddeeff 0000000000000000 {TargetOption}", AllNodes);
        Assert.Equal(NeighborError.None, NeighborCodec.TryDecode(bytes, Source, AllNodes, 255, out var message));
        Assert.Equal(Mac, message.LinkLayerAddress);
    }

    [Theory]
    [InlineData("02 00 020000000001", NeighborError.OptionLengthZero)]
    [InlineData("0e 00 020000000001", NeighborError.OptionLengthZero)]
    [InlineData("02 02 020000000001", NeighborError.OptionTruncated)]
    [InlineData("0e ff 020000000001", NeighborError.OptionTruncated)]
    [InlineData("02 01 020000000001 02", NeighborError.OptionTruncated)]
    [InlineData("0e 01 020000000001 02 00", NeighborError.OptionLengthZero)]
    public void A_broken_option_is_refused(string options, NeighborError expected)
    {
        var bytes = Message($"88 00 0000 00000000 {Target} {options}", AllNodes);
        Assert.Equal(expected, NeighborCodec.TryDecode(bytes, Source, AllNodes, 255, out var message));
        Assert.Equal(default, message);
    }

    [Fact]
    public void Every_shorter_length_is_refused()
    {
        var bytes = Message($"88 00 0000 20000000 {Target} {TargetOption}", AllNodes);
        for (var length = 0; length < bytes.Length; length++)
        {
            var piece = bytes[..length];
            if (length >= 24)
                piece = WithChecksum(piece, Source, AllNodes);
            var expected = length < 24 ? NeighborError.Truncated : length == 24 ? NeighborError.None : NeighborError.OptionTruncated;
            Assert.Equal(expected, NeighborCodec.TryDecode(piece, Source, AllNodes, 255, out _));
        }
    }

    [Theory]
    [InlineData(133)]
    [InlineData(134)]
    [InlineData(137)]
    [InlineData(0)]
    public void Another_type_is_left_to_others(byte type)
    {
        byte[] bytes = [type, .. new byte[31]];
        Assert.Equal(NeighborError.Type, NeighborCodec.TryDecode(bytes, Source, AllNodes, 255, out _));
    }

    [Theory]
    [InlineData(254)]
    [InlineData(64)]
    [InlineData(0)]
    public void A_hop_limit_other_than_255_is_refused(byte hopLimit)
    {
        var bytes = Message($"88 00 0000 20000000 {Target} {TargetOption}", AllNodes);
        Assert.Equal(NeighborError.HopLimit, NeighborCodec.TryDecode(bytes, Source, AllNodes, hopLimit, out _));
    }

    [Fact]
    public void Every_single_flipped_bit_is_refused()
    {
        foreach (var (bit, bytes) in WireBytes.OneBitFlips(Message($"88 00 0000 20000000 {Target} {TargetOption}", AllNodes)))
            Assert.True(NeighborCodec.TryDecode(bytes, Source, AllNodes, 255, out _) != NeighborError.None, $"bit {bit} flipped");
    }

    [Fact]
    public void A_wrong_checksum_is_refused()
    {
        var bytes = Message($"88 00 0000 20000000 {Target} {TargetOption}", AllNodes);
        Assert.Equal(NeighborError.Checksum, NeighborCodec.TryDecode(bytes, Source, Host, 255, out _));
    }

    [Fact]
    public void A_code_other_than_0_is_refused()
    {
        var bytes = Message($"88 01 0000 20000000 {Target} {TargetOption}", AllNodes);
        Assert.Equal(NeighborError.Code, NeighborCodec.TryDecode(bytes, Source, AllNodes, 255, out _));
    }

    [Theory]
    [InlineData("87")]
    [InlineData("88")]
    public void A_multicast_target_is_refused(string type)
    {
        var bytes = Message($"{type} 00 0000 00000000 ff020000000000000000000000000001", AllNodes);
        Assert.Equal(NeighborError.TargetMulticast, NeighborCodec.TryDecode(bytes, Source, AllNodes, 255, out _));
    }

    [Fact]
    public void A_solicited_advertisement_to_a_group_is_refused()
    {
        var bytes = Message($"88 00 0000 60000000 {Target} {TargetOption}", AllNodes);
        Assert.Equal(NeighborError.SolicitedToMulticast, NeighborCodec.TryDecode(bytes, Source, AllNodes, 255, out _));
    }

    [Theory]
    [InlineData("ff02::1:ff00:64", "", NeighborError.None)]
    [InlineData("ff02::1:ff00:64", SourceOption, NeighborError.UnspecifiedSourceLinkLayerAddress)]
    [InlineData("ff02::1", "", NeighborError.UnspecifiedSourceDestination)]
    [InlineData("ff02::1:fe00:64", "", NeighborError.UnspecifiedSourceDestination)]
    [InlineData("2001:db8::64", "", NeighborError.UnspecifiedSourceDestination)]
    public void A_probe_for_a_duplicate_goes_to_a_solicited_node_group_without_an_option(string to, string option, NeighborError expected)
    {
        var destination = IpAddress.Parse(to);
        var bytes = WithChecksum(WireBytes.FromHex($"87 00 0000 00000000 {Target} {option}"), Unspecified, destination);
        Assert.Equal(expected, NeighborCodec.TryDecode(bytes, Unspecified, destination, 255, out _));
    }

    [Fact]
    public void Encoding_writes_exactly_the_bytes_of_the_message()
    {
        var solicitation = new NeighborMessage
        {
            Type = NeighborMessageType.Solicitation,
            Target = Vip,
            LinkLayerAddress = Mac,
            Router = true,
            Solicited = true,
            Override = true,
        };
        var buffer = WireBytes.StaleBuffer(40);
        Assert.Equal(32, NeighborCodec.Encode(solicitation, Source, SolicitedNode, buffer));
        Assert.Equal(Message($"87 00 0000 00000000 {Target} {SourceOption}", SolicitedNode), buffer[..32]);
        Assert.All(buffer[32..], stale => Assert.Equal(WireBytes.Stale, stale));

        buffer = WireBytes.StaleBuffer(40);
        var advertisement = solicitation with { Type = NeighborMessageType.Advertisement, LinkLayerAddress = null };
        Assert.Equal(24, NeighborCodec.Encode(advertisement, Source, Host, buffer));
        Assert.Equal(Message($"88 00 0000 e0000000 {Target}", Host), buffer[..24]);
    }

    [Fact]
    public void Whatever_is_encoded_is_decoded_to_the_same() =>
        Gen.Select(Gen.Int[0, 7], Gen.Bool, Gen.ULong, Gen.ULong[0, 0xFFFF_FFFF_FFFF], Gen.Bool).Sample((flags, solicitation, target, mac, hasMac) =>
        {
            var message = new NeighborMessage
            {
                Type = solicitation ? NeighborMessageType.Solicitation : NeighborMessageType.Advertisement,
                Target = IpAddress.FromIPv6(new UInt128(0x2001_0DB8_0000_0000, target)),
                LinkLayerAddress = hasMac ? new MacAddress(mac) : null,
                Router = !solicitation && (flags & 1) != 0,
                Solicited = !solicitation && (flags & 2) != 0,
                Override = !solicitation && (flags & 4) != 0,
            };
            var buffer = WireBytes.StaleBuffer(NeighborCodec.MaximumLength);
            var length = NeighborCodec.Encode(message, Source, Host, buffer);
            Assert.Equal(NeighborError.None, NeighborCodec.TryDecode(buffer.AsSpan(0, length), Source, Host, 255, out var decoded));
            Assert.Equal(message, decoded);
        });

    [Fact]
    public void Addresses_of_another_family_are_a_bug_of_the_caller()
    {
        var v4 = IpAddress.Parse("192.0.2.1");
        var message = new NeighborMessage { Type = NeighborMessageType.Advertisement, Target = Vip };
        Assert.Throws<ArgumentException>(() => NeighborCodec.Encode(message with { Target = v4 }, Source, Host, new byte[40]));
        Assert.Throws<ArgumentException>(() => NeighborCodec.Encode(message, v4, Host, new byte[40]));
        Assert.Throws<ArgumentException>(() => NeighborCodec.Encode(message, Source, v4, new byte[40]));
    }

    [Fact]
    public void Neither_direction_allocates()
    {
        var bytes = Message($"88 00 0000 20000000 {Target} {TargetOption}", AllNodes);
        var buffer = new byte[40];
        Assert.Equal(0, WireBytes.AllocatedBy(() =>
        {
            NeighborCodec.TryDecode(bytes, Source, AllNodes, 255, out var message);
            NeighborCodec.Encode(message, Source, AllNodes, buffer);
        }));
    }

    private static byte[] Message(string hex, IpAddress destination) => WithChecksum(WireBytes.FromHex(hex), Source, destination);

    private static byte[] WithChecksum(byte[] icmp, IpAddress source, IpAddress destination)
    {
        (icmp[2], icmp[3]) = (0, 0);
        byte[] covered = [
            .. System.Net.IPAddress.Parse(source.ToString()).GetAddressBytes(),
            .. System.Net.IPAddress.Parse(destination.ToString()).GetAddressBytes(),
            0, 0, 0, (byte)icmp.Length, 0, 0, 0, 58, .. icmp];
        var checksum = VrrpPacketBuilder.PlainChecksum(covered);
        (icmp[2], icmp[3]) = ((byte)(checksum >> 8), (byte)checksum);
        return icmp;
    }
}
