using Vigie.Core.Net;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Wire;

/// <summary>VRRP messages that arrive: every field, every length, every refusal.</summary>
public sealed class VrrpDecodeTests
{
    public static TheoryData<string> Kinds => VrrpPacketBuilder.Kinds;

    [Fact]
    public void Version_3_over_IPv4_is_read_field_by_field()
    {
        var packet = VrrpPacketBuilder.V3();
        packet.Field4 = 0x0F;
        packet.Field5 = 0xFF;

        var error = packet.Decode(packet.Build(), out var advertisement, out var addresses);

        Assert.Equal(VrrpError.None, error);
        Assert.Equal(
            new VrrpAdvertisement
            {
                Version = VrrpVersion.V3,
                Family = IpFamily.IPv4,
                Vrid = 51,
                Priority = 150,
                AddressCount = 2,
                Interval = TimeSpan.FromMilliseconds(40950),
                ChecksumForm = Ipv4ChecksumForm.MessageOnly,
            },
            advertisement);
        Assert.Equal(new byte[] { 192, 0, 2, 100, 192, 0, 2, 101 }, addresses);
    }

    [Fact]
    public void Version_3_with_a_pseudo_header_in_its_checksum_is_read_and_says_so()
    {
        var packet = VrrpPacketBuilder.V3WithPseudoHeader();

        Assert.Equal(VrrpError.None, packet.Decode(packet.Build(), out var advertisement, out _));
        Assert.Equal(Ipv4ChecksumForm.PseudoHeader, advertisement.ChecksumForm);
        Assert.Equal(TimeSpan.FromSeconds(1), advertisement.Interval);
    }

    [Fact]
    public void Version_3_over_IPv6_is_read_field_by_field()
    {
        var packet = VrrpPacketBuilder.V3OverIPv6();

        Assert.Equal(VrrpError.None, packet.Decode(packet.Build(), out var advertisement, out var addresses));

        Assert.Equal(
            new VrrpAdvertisement
            {
                Version = VrrpVersion.V3,
                Family = IpFamily.IPv6,
                Vrid = 51,
                Priority = 150,
                AddressCount = 2,
                Interval = TimeSpan.FromSeconds(1),
                ChecksumForm = Ipv4ChecksumForm.PseudoHeader,
            },
            advertisement);
        Assert.Equal(WireBytes.FromHex("fe800000000000000000000000000100 20010db8000000000000000000000100"), addresses);
    }

    [Fact]
    public void Version_2_with_a_password_is_read_field_by_field()
    {
        var packet = VrrpPacketBuilder.V2WithPassword();
        packet.Field5 = 255;

        Assert.Equal(VrrpError.None, packet.Decode(packet.Build(), out var advertisement, out var addresses));

        Assert.Equal(
            new VrrpAdvertisement
            {
                Version = VrrpVersion.V2,
                Family = IpFamily.IPv4,
                Vrid = 51,
                Priority = 150,
                AddressCount = 2,
                Interval = TimeSpan.FromSeconds(255),
                AuthenticationType = VrrpAuthenticationType.SimpleText,
                AuthenticationData = 0x7365_6372_6574_0000,
                ChecksumForm = Ipv4ChecksumForm.MessageOnly,
            },
            advertisement);
        Assert.Equal(new byte[] { 192, 0, 2, 100, 192, 0, 2, 101 }, addresses);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    public void Every_priority_is_read_the_resignation_and_the_owner_too(byte priority)
    {
        var packet = VrrpPacketBuilder.V3();
        packet.Priority = priority;

        Assert.Equal(VrrpError.None, packet.Decode(packet.Build(), out var advertisement, out _));
        Assert.Equal(priority, advertisement.Priority);
    }

    [Fact]
    public void The_reserved_bits_of_version_3_are_ignored()
    {
        var packet = VrrpPacketBuilder.V3();
        packet.Field4 = 0xF0;

        Assert.Equal(VrrpError.None, packet.Decode(packet.Build(), out var advertisement, out _));
        Assert.Equal(TimeSpan.FromSeconds(1), advertisement.Interval);
    }

    [Theory]
    [InlineData("v3")]
    [InlineData("v2")]
    [InlineData("v3 IPv6")]
    public void As_many_addresses_as_the_count_can_say_are_read(string kind)
    {
        var packet = VrrpPacketBuilder.Of(kind);
        packet.Addresses = [.. Enumerable.Repeat(packet.Addresses[0], 255)];

        Assert.Equal(VrrpError.None, packet.Decode(packet.Build(), out var advertisement, out var addresses));
        Assert.Equal(255, advertisement.AddressCount);
        Assert.Equal(255 * packet.Source.ByteLength, addresses.Length);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_shorter_length_is_truncated(string kind)
    {
        var packet = VrrpPacketBuilder.Of(kind);
        var message = packet.Build();

        for (var length = 0; length < message.Length; length++)
        {
            Assert.Equal(VrrpError.Truncated, packet.Decode(message[..length], out var advertisement, out var addresses));
            Assert.Equal(default, advertisement);
            Assert.True(addresses.IsEmpty);
        }
    }

    [Fact]
    public void Less_than_the_fixed_fields_is_truncated_whatever_it_holds()
    {
        for (var length = 0; length < VrrpCodec.HeaderLength; length++)
            Assert.Equal(VrrpError.Truncated, VrrpPacketBuilder.V3().Decode([.. Enumerable.Repeat((byte)0xFF, length)]));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bytes_after_the_last_field_are_refused_even_under_a_right_checksum(string kind)
    {
        // 28 bytes is the keyed trailer that newer keepalived appends.
        foreach (var surplus in new[] { 1, 2, 4, 8, 16, 28 })
        {
            var packet = VrrpPacketBuilder.Of(kind);
            packet.Trailer = new byte[surplus];
            Assert.Equal(VrrpError.Length, packet.Decode());
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_single_flipped_bit_is_refused(string kind)
    {
        var packet = VrrpPacketBuilder.Of(kind);
        foreach (var (bit, message) in WireBytes.OneBitFlips(packet.Build()))
            Assert.True(packet.Decode(message) != VrrpError.None, $"bit {bit} flipped");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(15)]
    public void An_unknown_version_is_refused(int version)
    {
        var packet = VrrpPacketBuilder.V3();
        packet.Version = version;
        Assert.Equal(VrrpError.Version, packet.Decode());
    }

    [Fact]
    public void Version_2_over_IPv6_is_refused()
    {
        var packet = VrrpPacketBuilder.V3OverIPv6();
        packet.Version = 2;
        Assert.Equal(VrrpError.Version, packet.Decode());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(15)]
    public void A_type_other_than_advertisement_is_refused(int type)
    {
        var packet = VrrpPacketBuilder.V3();
        packet.Type = type;
        Assert.Equal(VrrpError.Type, packet.Decode());
    }

    [Fact]
    public void Addresses_of_no_or_of_two_families_are_refused()
    {
        var message = VrrpPacketBuilder.V3().Build();
        var (v4, v6) = (VrrpPacketBuilder.SourceV4, VrrpPacketBuilder.SourceV6);

        Assert.Equal(VrrpError.AddressFamily, VrrpCodec.TryDecode(message, v4, v6, out _, out _));
        Assert.Equal(VrrpError.AddressFamily, VrrpCodec.TryDecode(message, v6, v4, out _, out _));
        Assert.Equal(VrrpError.AddressFamily, VrrpCodec.TryDecode(message, IpAddress.None, IpAddress.None, out _, out _));
    }

    [Theory]
    [InlineData("v2")]
    [InlineData("v2 password")]
    [InlineData("v3 IPv6")]
    public void Only_version_3_over_IPv4_has_two_checksum_forms(string kind)
    {
        var packet = VrrpPacketBuilder.Of(kind);
        packet.PseudoHeader = !packet.PseudoHeader;
        Assert.Equal(VrrpError.Checksum, packet.Decode());
    }

    [Fact]
    public void The_pseudo_header_form_is_bound_to_source_and_destination()
    {
        var packet = VrrpPacketBuilder.V3WithPseudoHeader();
        var message = packet.Build();
        packet.Source = IpAddress.Parse("192.0.2.2");
        Assert.Equal(VrrpError.Checksum, packet.Decode(message));
    }

    [Theory]
    [InlineData("v3")]
    [InlineData("v2")]
    public void A_wrong_checksum_is_refused(string kind)
    {
        var packet = VrrpPacketBuilder.Of(kind);
        var message = packet.Build();
        message[7] ^= 0xFF;
        Assert.Equal(VrrpError.Checksum, packet.Decode(message));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(255)]
    public void An_unknown_authentication_type_is_refused(byte type)
    {
        var packet = VrrpPacketBuilder.V2();
        packet.Field4 = type;
        Assert.Equal(VrrpError.AuthenticationType, packet.Decode());
    }

    [Fact]
    public void An_authentication_header_is_named_for_the_receiver_to_judge()
    {
        var packet = VrrpPacketBuilder.V2();
        packet.Field4 = 2;
        Assert.Equal(VrrpError.None, packet.Decode(packet.Build(), out var advertisement, out _));
        Assert.Equal(VrrpAuthenticationType.AuthenticationHeader, advertisement.AuthenticationType);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void VRID_0_is_refused(string kind)
    {
        var packet = VrrpPacketBuilder.Of(kind);
        packet.Vrid = 0;
        Assert.Equal(VrrpError.VridZero, packet.Decode(packet.Build(), out var advertisement, out var addresses));
        Assert.Equal(default, advertisement);
        Assert.True(addresses.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_advertisement_without_an_address_is_refused(string kind)
    {
        var packet = VrrpPacketBuilder.Of(kind);
        packet.Addresses = [];
        Assert.Equal(VrrpError.AddressCountZero, packet.Decode());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_interval_of_zero_is_refused(string kind)
    {
        var packet = VrrpPacketBuilder.Of(kind);
        packet.Field5 = 0;
        Assert.Equal(VrrpError.IntervalZero, packet.Decode());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decoding_allocates_nothing(string kind)
    {
        var packet = VrrpPacketBuilder.Of(kind);
        var message = packet.Build();
        var damaged = packet.Build();
        damaged[^1] ^= 1;
        var (source, destination) = (packet.Source, packet.Destination);
        var wrong = 0;

        var allocated = WireBytes.AllocatedBy(() =>
        {
            if (VrrpCodec.TryDecode(message, source, destination, out _, out _) != VrrpError.None
                || VrrpCodec.TryDecode(damaged, source, destination, out _, out _) == VrrpError.None)
                wrong++;
        });

        Assert.Equal(0, wrong);
        Assert.Equal(0, allocated);
    }
}
