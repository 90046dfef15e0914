using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Interfaces;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>RFC 9568 5 and 7.2, RFC 3768 7.2: what is sent, from where and to whom, as the loop hands it to the network.</summary>
public sealed class ConformanceTransmitTests
{
    private static ConformanceHost.Sent Only(ConformanceHost host) => Assert.Single(host.Advertisements);

    [Fact]
    public void The_fields_are_those_of_the_configuration_and_the_checksum_covers_the_message()
    {
        var host = new ConformanceHost(ConformanceHost.Config() with { Ipv4Checksum = Ipv4ChecksumForm.MessageOnly }).StartActive();

        // version 3, type 1 | VRID 51 | priority 100 | one address | 0, 100 centiseconds | checksum | 192.0.2.100
        Assert.Equal("313364010064A802C0000264", Convert.ToHexString(Only(host).Message));
    }

    [Fact]
    public void Version_2_says_the_interval_in_seconds_and_ends_with_eight_bytes_of_authentication_data()
    {
        var host = new ConformanceHost(ConformanceHost.Config() with { Version = VrrpVersion.V2, Password = "secret" }).StartActive();

        // version 2, type 1 | VRID 51 | priority 100 | one address | type 1, 1 s | checksum | 192.0.2.100 | "secret", two zeros
        var message = Convert.ToHexString(Only(host).Message);
        Assert.Equal("213364010101", message[..12]);
        Assert.Equal("C00002647365637265740000", message[16..]);
        Assert.True(InternetChecksum.IsValid(InternetChecksum.Add(0, Only(host).Message)));
    }

    [Fact]
    public void The_reserved_bits_are_zero_even_at_the_longest_interval()
    {
        var host = new ConformanceHost(
            ConformanceHost.Config(priority: 255) with { AdvertisementInterval = TimeSpan.FromMilliseconds(40950) }).Start();

        Assert.Equal("0FFF", Convert.ToHexString(Only(host).Message.AsSpan(4, 2)));
    }

    [Fact]
    public void IPv4_goes_from_the_primary_address_of_the_interface_to_224_0_0_18()
    {
        var sent = Only(new ConformanceHost(ConformanceHost.Config()).StartActive());

        Assert.Equal(
            (ConformanceHost.Eth0, ConformanceHost.Ours, IpAddress.Parse("224.0.0.18")), (sent.Interface, sent.Source, sent.Destination));
    }

    [Fact]
    public void IPv6_goes_from_the_link_local_address_of_the_interface_to_ff02_12_with_a_pseudo_header_in_the_checksum()
    {
        var sent = Only(new ConformanceHost(ConformanceHost.Config("2001:db8::100/64")).StartActive());

        Assert.Equal(
            (ConformanceHost.Eth0, ConformanceHost.Ours6, IpAddress.Parse("ff02::12")), (sent.Interface, sent.Source, sent.Destination));
        var sum = InternetChecksum.PseudoHeader(sent.Source, sent.Destination, 112, sent.Message.Length);
        Assert.True(InternetChecksum.IsValid(InternetChecksum.Add(sum, sent.Message)));
    }

    [Fact]
    public void A_link_local_virtual_address_goes_first_and_the_others_in_the_order_of_the_file()
    {
        var host = new ConformanceHost(ConformanceHost.Config("2001:db8::102/64 2001:db8::101/64 fe80::100/64")).StartActive();
        var sent = Only(host);

        Assert.Equal(VrrpError.None, VrrpCodec.TryDecode(sent.Message, sent.Source, sent.Destination, out var advertisement, out var list));
        Assert.Equal(3, advertisement.AddressCount);
        Assert.Equal(
            ["fe80::100", "2001:db8::102", "2001:db8::101"],
            list.ToArray().Chunk(16).Select(bytes => IpAddress.FromBytes(bytes).ToString()));
    }

    [Fact]
    public void Each_family_has_an_advertisement_of_its_own_with_its_own_addresses()
    {
        var host = new ConformanceHost(ConformanceHost.Config("2001:db8::100/64 192.0.2.100/24")).StartActive();

        Assert.Equal(
            [(ConformanceHost.Ours, 12), (ConformanceHost.Ours6, 24)], host.Advertisements.Select(a => (a.Source, a.Message.Length)));
    }

    [Fact]
    public void A_family_with_peers_is_sent_to_each_of_them_and_not_to_the_group()
    {
        var config = ConformanceHost.Config("192.0.2.100/24 2001:db8::100/64") with
        {
            Peers = [ConformanceHost.Peer, IpAddress.Parse("192.0.2.30")],
        };

        Assert.Equal(
            ["192.0.2.20", "192.0.2.30", "ff02::12"],
            new ConformanceHost(config).StartActive().Advertisements.Select(a => a.Destination.ToString()));
    }

    [Fact]
    public void Without_an_address_to_send_from_nothing_is_sent()
    {
        var host = new ConformanceHost(ConformanceHost.Config("192.0.2.100/24 2001:db8::100/64")).StartActive();
        host.Clear();
        host.Loop.OnAddressRemoved(host.Now, ConformanceHost.Eth0, IpPrefix.Parse("fe80::10/64"));
        Assert.Equal((RouterState.Fault, "C0000264"), (host.State, Convert.ToHexString(Only(host).Message.AsSpan(8))));
        host.Clear();

        host.Step(60);

        Assert.Empty(host.Advertisements);
    }

    [Fact]
    public void The_owner_is_255_from_a_real_address_that_is_the_virtual_one()
    {
        var host = new ConformanceHost(ConformanceHost.Config("192.0.2.10/24", priority: 255)).Start();

        Assert.Equal((ConformanceHost.Ours, 255), (Only(host).Source, Only(host).Message[2]));
    }

    [Fact]
    public void The_owner_never_removes_the_real_address()
    {
        var host = new ConformanceHost(ConformanceHost.Config("192.0.2.10/24", priority: 255)).Start();
        host.Loop.Shutdown(host.Now);

        Assert.All(host.Plans, plan => Assert.Equal("", plan.Addresses));
    }

    [Fact]
    public void The_Adver_Timer_sends_each_interval_from_when_it_was_due()
    {
        var host = new ConformanceHost(ConformanceHost.Config(priority: 255)).Start();
        var start = host.Now;
        host.Clear();

        host.Step(1.2);
        Assert.Equal(start + TimeSpan.FromSeconds(2), host.Loop.Step(host.Now));
        host.Step(0.8);

        Assert.Equal(2, host.Advertisements.Count);
    }

    [Fact]
    public void Shutdown_sends_priority_0_and_takes_the_addresses_off()
    {
        var host = new ConformanceHost(ConformanceHost.Config()).StartActive().ConfirmAddresses();
        host.Clear();

        host.Loop.Shutdown(host.Now);

        Assert.Equal(0, Only(host).Message[2]);
        Assert.Equal([new ConformanceHost.Plan("192.0.2.100/24", false, 0)], host.Plans);
    }

    [Fact]
    public void A_Backup_sends_nothing()
    {
        var host = new ConformanceHost(ConformanceHost.Config()).Start();
        for (var i = 0; i < 10; i++)
        {
            host.Step(0.5);
            host.Receive(ConformanceHost.Message());
        }

        host.Loop.OnLink(host.Now, new LinkReport(ConformanceHost.Eth0, "eth0", ConformanceHost.Mac, Running: false, ForwardsIPv6: false));
        host.Loop.Shutdown(host.Now);
        Assert.Empty(host.Advertisements);
        Assert.Empty(host.Frames);
    }
}
