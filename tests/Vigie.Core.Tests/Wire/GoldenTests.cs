using Vigie.Core.Net;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Wire;

/// <summary>
/// Frames that keepalived and FRR's vrrpd really sent, recorded by Golden/record.sh: all are read as what they are,
/// and what we would send in their place is the same, byte for byte.
/// </summary>
public sealed class GoldenTests
{
    private static readonly IpAddress PeerV4 = IpAddress.Parse("10.77.0.1");

    [Theory]
    [InlineData("keepalived-v2", 2, 150, "", "10.77.0.100")]
    [InlineData("keepalived-v2-resign", 2, 0, "", "10.77.0.100")]
    [InlineData("keepalived-v2-password", 2, 150, "secret", "10.77.0.100", "10.77.0.101")]
    [InlineData("keepalived-v2-password-resign", 2, 0, "secret", "10.77.0.100", "10.77.0.101")]
    [InlineData("keepalived-v3-ipv4", 3, 150, "", "10.77.0.100", "10.77.0.101")]
    [InlineData("keepalived-v3-ipv4-resign", 3, 0, "", "10.77.0.100", "10.77.0.101")]
    [InlineData("frr-v2", 2, 150, "", "10.77.0.100")]
    [InlineData("frr-v2-resign", 2, 0, "", "10.77.0.100")]
    [InlineData("frr-v3-ipv4", 3, 150, "", "10.77.0.100")]
    [InlineData("frr-v3-ipv4-resign", 3, 0, "", "10.77.0.100")]
    public void An_advertisement_over_IPv4_is_read_and_written_back(string file, int version, byte priority, string password, params string[] addresses)
    {
        var frame = ReadFrame(file);
        EthernetCodec.TryDecode(frame, out var ethernet, out var packet);
        Assert.Equal(EtherType.IPv4, ethernet.Type);
        Assert.Equal(MacAddress.ForMulticast(VrrpCodec.MulticastIPv4), ethernet.Destination);
        Assert.Equal(Ipv4Error.None, Ipv4Codec.TryDecode(packet, out var ip, out var message));
        Assert.Equal((PeerV4, VrrpCodec.MulticastIPv4, 255, VrrpCodec.IpProtocol), (ip.Source, ip.Destination, ip.Ttl, ip.Protocol));

        Assert.Equal(VrrpError.None, VrrpCodec.TryDecode(message, ip.Source, ip.Destination, out var advertisement, out var addressBytes));
        Assert.Equal(
            new VrrpAdvertisement
            {
                Version = (VrrpVersion)version,
                Family = IpFamily.IPv4,
                Vrid = 51,
                Priority = priority,
                AddressCount = (byte)addresses.Length,
                Interval = TimeSpan.FromSeconds(1),
                AuthenticationType = password.Length == 0 ? VrrpAuthenticationType.None : VrrpAuthenticationType.SimpleText,
                AuthenticationData = VrrpCodec.PasswordBytes(password),
                // The measurement behind docs/decisions/0002-ipv4-checksum-form.md.
                ChecksumForm = version == 3 ? Ipv4ChecksumForm.PseudoHeader : Ipv4ChecksumForm.MessageOnly,
            },
            advertisement);

        var buffer = WireBytes.StaleBuffer(frame.Length);
        var at = EthernetCodec.Encode(ethernet, buffer);
        at += Ipv4Codec.Encode(ip, buffer.AsSpan(at));
        at += VrrpCodec.Encode(advertisement, Parse(addresses), ip.Source, ip.Destination, buffer.AsSpan(at));
        Assert.Equal(frame, buffer[..at]);
        Assert.Equal(addresses.SelectMany(a => System.Net.IPAddress.Parse(a).GetAddressBytes()), addressBytes.ToArray());
    }

    [Theory]
    [InlineData("keepalived-v3-ipv6", 150, "fe80::ff:fe00:1", "fe80::100", "fd77::100")]
    [InlineData("keepalived-v3-ipv6-resign", 0, "fe80::ff:fe00:1", "fe80::100", "fd77::100")]
    [InlineData("frr-v3-ipv6", 150, "fe80::200:5eff:fe00:233", "fd77::100")]
    [InlineData("frr-v3-ipv6-resign", 0, "fe80::200:5eff:fe00:233", "fd77::100")]
    public void An_advertisement_over_IPv6_is_read_and_written_back(string file, byte priority, string source, params string[] addresses)
    {
        var frame = ReadFrame(file);
        EthernetCodec.TryDecode(frame, out var ethernet, out var packet);
        Assert.Equal((EtherType.IPv6, MacAddress.ForMulticast(VrrpCodec.MulticastIPv6)), (ethernet.Type, ethernet.Destination));
        Assert.Equal(Ipv6Error.None, Ipv6Codec.TryDecode(packet, out var ip, out var message));
        Assert.Equal((IpAddress.Parse(source), VrrpCodec.MulticastIPv6, 255, VrrpCodec.IpProtocol), (ip.Source, ip.Destination, ip.HopLimit, ip.NextHeader));

        Assert.Equal(VrrpError.None, VrrpCodec.TryDecode(message, ip.Source, ip.Destination, out var advertisement, out _));
        Assert.Equal(
            new VrrpAdvertisement
            {
                Version = VrrpVersion.V3,
                Family = IpFamily.IPv6,
                Vrid = 51,
                Priority = priority,
                AddressCount = (byte)addresses.Length,
                Interval = TimeSpan.FromSeconds(1),
                ChecksumForm = Ipv4ChecksumForm.PseudoHeader,
            },
            advertisement);

        var buffer = WireBytes.StaleBuffer(frame.Length);
        var at = EthernetCodec.Encode(ethernet, buffer);
        at += Ipv6Codec.Encode(ip, buffer.AsSpan(at));
        at += VrrpCodec.Encode(advertisement, Parse(addresses), ip.Source, ip.Destination, buffer.AsSpan(at));
        Assert.Equal(frame, buffer[..at]);
    }

    [Theory]
    [InlineData("keepalived-v2-unicast", 2, 150, 1000, "10.77.0.2")]
    [InlineData("keepalived-v3-ipv4-unicast", 3, 150, 1000, "10.77.0.2")]
    [InlineData("keepalived-v3-ipv4-unicast-resign", 3, 0, 1000, "10.77.0.2")]
    [InlineData("keepalived-v3-ipv4-0.1", 3, 150, 100, "224.0.0.18")]
    [InlineData("keepalived-v3-ipv4-0.01", 3, 150, 10, "224.0.0.18")]
    public void A_message_to_a_peer_or_at_a_short_interval_is_written_back_over_IPv4(string file, int version, byte priority, int milliseconds, string destination)
    {
        var frame = ReadFrame(file);
        EthernetCodec.TryDecode(frame, out var ethernet, out var packet);
        Assert.Equal(Ipv4Error.None, Ipv4Codec.TryDecode(packet, out var ip, out var message));
        Assert.Equal((PeerV4, IpAddress.Parse(destination), 255, VrrpCodec.IpProtocol), (ip.Source, ip.Destination, ip.Ttl, ip.Protocol));
        Assert.Equal(VrrpError.None, VrrpCodec.TryDecode(message, ip.Source, ip.Destination, out var advertisement, out _));
        AssertSays(advertisement, version, priority, milliseconds);

        var buffer = WireBytes.StaleBuffer(frame.Length);
        var at = EthernetCodec.Encode(ethernet, buffer);
        at += Ipv4Codec.Encode(ip, buffer.AsSpan(at));
        at += VrrpCodec.Encode(advertisement, Parse(["10.77.0.100"]), ip.Source, ip.Destination, buffer.AsSpan(at));
        Assert.Equal(frame, buffer[..at]);
    }

    [Theory]
    [InlineData("keepalived-v3-ipv6-unicast", 150, 1000, "fd77::1", "fd77::2")]
    [InlineData("keepalived-v3-ipv6-unicast-resign", 0, 1000, "fd77::1", "fd77::2")]
    [InlineData("keepalived-v3-ipv6-0.1", 150, 100, "fe80::ff:fe00:1", "ff02::12")]
    [InlineData("keepalived-v3-ipv6-0.01", 150, 10, "fe80::ff:fe00:1", "ff02::12")]
    public void A_message_to_a_peer_or_at_a_short_interval_is_written_back_over_IPv6(string file, byte priority, int milliseconds, string source, string destination)
    {
        var frame = ReadFrame(file);
        EthernetCodec.TryDecode(frame, out var ethernet, out var packet);
        Assert.Equal(Ipv6Error.None, Ipv6Codec.TryDecode(packet, out var ip, out var message));
        Assert.Equal((IpAddress.Parse(source), IpAddress.Parse(destination), VrrpCodec.IpProtocol), (ip.Source, ip.Destination, ip.NextHeader));
        Assert.Equal(VrrpError.None, VrrpCodec.TryDecode(message, ip.Source, ip.Destination, out var advertisement, out _));
        AssertSays(advertisement, 3, priority, milliseconds);

        var buffer = WireBytes.StaleBuffer(frame.Length);
        var at = EthernetCodec.Encode(ethernet, buffer);
        at += Ipv6Codec.Encode(ip, buffer.AsSpan(at));
        at += VrrpCodec.Encode(advertisement, Parse(["fe80::100", "fd77::100"]), ip.Source, ip.Destination, buffer.AsSpan(at));
        Assert.Equal(frame, buffer[..at]);
    }

    [Theory]
    [InlineData("keepalived-arp", "02:00:00:00:00:01", "ff:ff:ff:ff:ff:ff")]
    [InlineData("frr-arp", "00:00:5e:00:01:33", "ff:ff:ff:ff:ff:ff")]
    public void A_gratuitous_ARP_is_read_and_written_back(string file, string sender, string target)
    {
        Assert.True(MacAddress.TryParse(sender, out var senderMac) & MacAddress.TryParse(target, out var targetMac));
        var frame = ReadFrame(file);
        EthernetCodec.TryDecode(frame, out var ethernet, out var payload);

        Assert.Equal(new EthernetHeader(MacAddress.Broadcast, senderMac, EtherType.Arp), ethernet);
        Assert.Equal(ArpError.None, ArpCodec.TryDecode(payload, out var packet));
        var vip = IpAddress.Parse("10.77.0.100");
        Assert.Equal(
            new ArpPacket { Operation = ArpOperation.Request, SenderMac = senderMac, SenderIp = vip, TargetMac = targetMac, TargetIp = vip },
            packet);

        var buffer = WireBytes.StaleBuffer(ArpCodec.Length);
        ArpCodec.Encode(packet, buffer);
        Assert.Equal(payload[..ArpCodec.Length], buffer);
    }

    [Theory]
    [InlineData("keepalived-na", "02:00:00:00:00:01", "fe80::100", "fe80::100", false)]
    [InlineData("frr-na", "00:00:5e:00:02:33", "fd77::100", "fd77::100", true)]
    public void An_unsolicited_advertisement_is_the_frame_that_we_would_send(string file, string sender, string source, string vip, bool router)
    {
        Assert.True(MacAddress.TryParse(sender, out var mac));
        var frame = ReadFrame(file);
        EthernetCodec.TryDecode(frame, out _, out var packet);
        Assert.Equal(Ipv6Error.None, Ipv6Codec.TryDecode(packet, out var ip, out var icmp));
        Assert.Equal(NeighborError.None, NeighborCodec.TryDecode(icmp, ip.Source, ip.Destination, ip.HopLimit, out var message));
        Assert.Equal(
            new NeighborMessage
            {
                Type = NeighborMessageType.Advertisement,
                Target = IpAddress.Parse(vip),
                LinkLayerAddress = mac,
                Router = router,
                Override = true,
            },
            message);

        var buffer = WireBytes.StaleBuffer(UnsolicitedAdvertisement.FrameLength);
        UnsolicitedAdvertisement.Write(buffer, mac, IpAddress.Parse(source), IpAddress.Parse(vip), router);
        Assert.Equal(frame, buffer);
    }

    [Fact]
    public void Every_recording_says_where_it_comes_from()
    {
        var recordings = typeof(GoldenTests).Assembly.GetManifestResourceNames().Where(n => n.EndsWith(".hex", StringComparison.Ordinal)).ToArray();
        Assert.Equal(27, recordings.Length);
        Assert.All(recordings, name => Assert.Matches(@"^# (keepalived 2\.2\.7|FRR vrrpd 8\.4\.4), VRID 51", ReadLines(name)[0]));
    }

    private static void AssertSays(in VrrpAdvertisement advertisement, int version, byte priority, int milliseconds) => Assert.Equal(
        ((VrrpVersion)version, 51, priority, TimeSpan.FromMilliseconds(milliseconds)),
        (advertisement.Version, advertisement.Vrid, advertisement.Priority, advertisement.Interval));

    private static byte[] ReadFrame(string name) => WireBytes.FromHex(string.Concat(ReadLines(name + ".hex").Where(line => !line.StartsWith('#'))));

    private static string[] ReadLines(string resource)
    {
        using var stream = typeof(GoldenTests).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n');
    }

    private static IpAddress[] Parse(string[] addresses) => [.. addresses.Select(IpAddress.Parse)];
}
