using CsCheck;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Wire;

/// <summary>VRRP messages that leave: against bytes built another way, into buffers that show a forgotten write.</summary>
public sealed class VrrpEncodeTests
{
    public static TheoryData<string> Kinds => VrrpPacketBuilder.Kinds;

    private static readonly VrrpAdvertisement Sayable = new()
    {
        Version = VrrpVersion.V3,
        Family = IpFamily.IPv4,
        Vrid = 51,
        Priority = 150,
        Interval = TimeSpan.FromSeconds(1),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Encoding_writes_exactly_the_bytes_of_the_message(string kind)
    {
        var packet = VrrpPacketBuilder.Of(kind);
        var expected = packet.Build();
        Assert.Equal(VrrpError.None, packet.Decode(expected, out var advertisement, out _));
        var buffer = WireBytes.StaleBuffer(expected.Length + 5);

        var length = VrrpCodec.Encode(advertisement, Parse(packet.Addresses), packet.Source, packet.Destination, buffer);

        Assert.Equal(expected, buffer[..length]);
        Assert.Equal(VrrpCodec.EncodedLength(advertisement.Version, advertisement.Family, packet.Addresses.Length), length);
        Assert.All(buffer[length..], stale => Assert.Equal(WireBytes.Stale, stale));
    }

    [Fact]
    public void Whatever_is_encoded_is_decoded_to_the_same() =>
        Messages.Sample(m =>
        {
            var buffer = WireBytes.StaleBuffer(VrrpCodec.MaximumLength);
            var length = VrrpCodec.Encode(m.Advertisement, m.Addresses, m.Source, m.Destination, buffer);
            var error = VrrpCodec.TryDecode(buffer.AsSpan(0, length), m.Source, m.Destination, out var decoded, out var addressBytes);

            Assert.Equal(VrrpError.None, error);
            Assert.Equal(m.Advertisement, decoded);
            Assert.Equal(m.Addresses, Split(addressBytes, m.Source.ByteLength));
        });

    [Fact]
    public void The_longest_message_fills_the_maximum_length()
    {
        var addresses = Enumerable.Repeat(IpAddress.Parse("fe80::100"), 255).ToArray();
        var buffer = WireBytes.StaleBuffer(VrrpCodec.MaximumLength);
        var advertisement = Sayable with { Family = IpFamily.IPv6 };
        Assert.Equal(
            VrrpCodec.MaximumLength,
            VrrpCodec.Encode(advertisement, addresses, VrrpPacketBuilder.SourceV6, VrrpCodec.MulticastIPv6, buffer));
    }

    [Theory]
    [InlineData(VrrpVersion.V3, 10, "0001")]
    [InlineData(VrrpVersion.V3, 40950, "0fff")]
    [InlineData(VrrpVersion.V2, 1000, "0001")]
    [InlineData(VrrpVersion.V2, 255000, "00ff")]
    public void The_shortest_and_the_longest_interval_fit(VrrpVersion version, int milliseconds, string field)
    {
        var advertisement = Sayable with { Version = version, Interval = TimeSpan.FromMilliseconds(milliseconds) };
        var buffer = WireBytes.StaleBuffer(64);
        VrrpCodec.Encode(advertisement, Parse(["192.0.2.100"]), VrrpPacketBuilder.SourceV4, VrrpCodec.MulticastIPv4, buffer);
        Assert.Equal(WireBytes.FromHex(field), buffer[4..6]);
    }

    [Theory]
    [InlineData("", 0ul)]
    [InlineData("a", 0x6100_0000_0000_0000ul)]
    [InlineData("secret", 0x7365_6372_6574_0000ul)]
    [InlineData("12345678", 0x3132_3334_3536_3738ul)]
    [InlineData("123456789", 0x3132_3334_3536_3738ul)]
    [InlineData("é", 0xC3A9_0000_0000_0000ul)]
    public void A_password_is_padded_with_zeros_and_cut_at_eight_bytes(string password, ulong data) =>
        Assert.Equal(data, VrrpCodec.PasswordBytes(password));

    [Fact]
    public void What_the_message_cannot_say_is_a_bug_of_the_caller()
    {
        var vip = IpAddress.Parse("192.0.2.100");
        var vip6 = IpAddress.Parse("fe80::100");
        Refused(Sayable with { Vrid = 0 }, [vip]);
        Refused(Sayable with { Version = (VrrpVersion)4 }, [vip]);
        Refused(Sayable with { Family = IpFamily.IPv6 }, [vip6]);
        Refused(Sayable with { Version = VrrpVersion.V2, Family = IpFamily.IPv6 }, [vip6], VrrpPacketBuilder.SourceV6, VrrpCodec.MulticastIPv6);
        Refused(Sayable with { Interval = TimeSpan.Zero }, [vip]);
        Refused(Sayable with { Interval = TimeSpan.FromMilliseconds(15) }, [vip]);
        Refused(Sayable with { Interval = TimeSpan.FromMilliseconds(40960) }, [vip]);
        Refused(Sayable with { Interval = TimeSpan.FromMilliseconds(-10) }, [vip]);
        Refused(Sayable with { Version = VrrpVersion.V2, Interval = TimeSpan.FromMilliseconds(1500) }, [vip]);
        Refused(Sayable with { Version = VrrpVersion.V2, Interval = TimeSpan.FromSeconds(256) }, [vip]);
        Refused(Sayable, []);
        Refused(Sayable, [.. Enumerable.Repeat(vip, 256)]);
        Refused(Sayable, [vip, vip6]);
        Refused(Sayable, [vip], VrrpPacketBuilder.SourceV4, VrrpCodec.MulticastIPv6);
        Refused(Sayable, [vip], VrrpPacketBuilder.SourceV6, VrrpCodec.MulticastIPv4);
        Refused(default, [vip], IpAddress.None, IpAddress.None);
    }

    [Theory]
    [InlineData(VrrpVersion.V2, 255_000)]
    [InlineData(VrrpVersion.V3, 40_950)]
    public void The_longest_interval_is_sayable(VrrpVersion version, int milliseconds)
    {
        var longest = Sayable with { Version = version, Interval = TimeSpan.FromMilliseconds(milliseconds) };
        var buffer = new byte[VrrpCodec.MaximumLength];
        var length = VrrpCodec.Encode(longest, [IpAddress.Parse("192.0.2.100")], VrrpPacketBuilder.SourceV4, VrrpCodec.MulticastIPv4, buffer);

        VrrpCodec.TryDecode(buffer.AsSpan(0, length), VrrpPacketBuilder.SourceV4, VrrpCodec.MulticastIPv4, out var decoded, out _);

        Assert.Equal(longest.Interval, decoded.Interval);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Encoding_allocates_nothing(string kind)
    {
        var packet = VrrpPacketBuilder.Of(kind);
        packet.Decode(packet.Build(), out var advertisement, out _);
        var addresses = Parse(packet.Addresses);
        var (source, destination) = (packet.Source, packet.Destination);
        var buffer = new byte[VrrpCodec.MaximumLength];

        Assert.Equal(0, WireBytes.AllocatedBy(() => VrrpCodec.Encode(advertisement, addresses, source, destination, buffer)));
    }

    private static readonly Gen<(VrrpAdvertisement Advertisement, IpAddress[] Addresses, IpAddress Source, IpAddress Destination)> Messages =
        from kind in Gen.Int[0, 2]
        let family = kind == 0 ? IpFamily.IPv6 : IpFamily.IPv4
        let version = kind == 1 ? VrrpVersion.V2 : VrrpVersion.V3
        let address = family == IpFamily.IPv4
            ? Gen.UInt.Select(IpAddress.FromIPv4)
            : Gen.Select(Gen.ULong, Gen.ULong, (high, low) => IpAddress.FromIPv6(new UInt128(high, low)))
        from addresses in address.Array[1, 255]
        from source in address
        from destination in address
        from vrid in Gen.Byte[1, 255]
        from priority in Gen.Byte
        from units in Gen.Int[1, version == VrrpVersion.V2 ? 255 : 4095]
        from type in Gen.Int[0, 2]
        from data in Gen.ULong
        from pseudo in Gen.Bool
        // Where both forms give one checksum, the decoder names the message alone.
        let bothForms = InternetChecksum.Fold(InternetChecksum.PseudoHeader(
            source, destination, VrrpCodec.IpProtocol, VrrpCodec.EncodedLength(version, family, addresses.Length))) == 0xFFFF
        select (
            new VrrpAdvertisement
            {
                Version = version,
                Family = family,
                Vrid = vrid,
                Priority = priority,
                AddressCount = (byte)addresses.Length,
                Interval = version == VrrpVersion.V2 ? TimeSpan.FromSeconds(units) : TimeSpan.FromMilliseconds(units * 10),
                AuthenticationType = version == VrrpVersion.V2 ? (VrrpAuthenticationType)type : VrrpAuthenticationType.None,
                AuthenticationData = version == VrrpVersion.V2 ? data : 0,
                ChecksumForm = family == IpFamily.IPv6 || (version == VrrpVersion.V3 && pseudo && !bothForms)
                    ? Ipv4ChecksumForm.PseudoHeader
                    : Ipv4ChecksumForm.MessageOnly,
            },
            addresses,
            source,
            destination);

    private static void Refused(VrrpAdvertisement advertisement, IpAddress[] addresses) =>
        Refused(advertisement, addresses, VrrpPacketBuilder.SourceV4, VrrpCodec.MulticastIPv4);

    private static void Refused(VrrpAdvertisement advertisement, IpAddress[] addresses, IpAddress source, IpAddress destination) =>
        Assert.Throws<ArgumentException>(() =>
            VrrpCodec.Encode(advertisement, addresses, source, destination, new byte[VrrpCodec.MaximumLength]));

    private static IpAddress[] Parse(string[] addresses) => [.. addresses.Select(IpAddress.Parse)];

    private static List<IpAddress> Split(ReadOnlySpan<byte> bytes, int length)
    {
        List<IpAddress> addresses = [];
        for (var at = 0; at < bytes.Length; at += length)
            addresses.Add(IpAddress.FromBytes(bytes.Slice(at, length)));
        return addresses;
    }
}
