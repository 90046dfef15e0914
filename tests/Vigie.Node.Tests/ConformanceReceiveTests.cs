using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Events;
using Vigie.Node.Routers;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>
/// RFC 9568 7.1 and RFC 3768 7.1, what a received advertisement must be: each clause through the whole loop. Every message
/// here would make a Backup of this Active if it were believed.
/// </summary>
public sealed class ConformanceReceiveTests
{
    private static ConformanceHost Active(VirtualRouterConfig? config = null)
    {
        var host = new ConformanceHost(config ?? ConformanceHost.Config()).StartActive().ConfirmAddresses();
        Assert.Equal(RouterState.Active, host.State);
        host.Clear();
        return host;
    }

    private static VirtualRouterConfig Version2(string? password = null) =>
        ConformanceHost.Config() with { Version = VrrpVersion.V2, Password = password };

    private static void AssertDropped(ConformanceHost host, string counter)
    {
        Assert.Equal((counter, RouterState.Active, 0), (host.Counters(), host.State, host.Advertisements.Count));
    }

    private static void AssertBelieved(ConformanceHost host, string counters = "received 1") =>
        Assert.Equal((counters, RouterState.Backup), (host.Counters(), host.State));

    [Fact]
    public void A_sound_advertisement_reaches_the_election()
    {
        var host = Active();
        host.Receive(ConformanceHost.Message());
        AssertBelieved(host);
    }

    [Theory]
    [InlineData(254)]
    [InlineData(1)]
    [InlineData(0)]
    public void A_TTL_other_than_255_is_dropped(byte hopLimit)
    {
        var host = Active();
        host.Receive(ConformanceHost.Message(), hopLimit: hopLimit);
        AssertDropped(host, "Ttl 1");
    }

    [Fact]
    public void A_hop_limit_other_than_255_is_dropped()
    {
        var host = Active(ConformanceHost.Config("fe80::100/64"));
        host.Receive(
            ConformanceHost.Message(addresses: "fe80::100", from: ConformanceHost.Peer6), from: ConformanceHost.Peer6, hopLimit: 254);
        AssertDropped(host, "Ttl 1");
    }

    [Fact]
    public void Another_version_than_ours_is_dropped_in_either_direction()
    {
        var three = Active();
        three.Receive(ConformanceHost.Message(version: VrrpVersion.V2));
        AssertDropped(three, "Version 1");

        var two = Active(Version2());
        two.Receive(ConformanceHost.Message(version: VrrpVersion.V3));
        AssertDropped(two, "Version 1");
    }

    [Fact]
    public void A_type_other_than_ADVERTISEMENT_is_dropped()
    {
        var host = Active();
        host.Receive(ConformanceHost.Spoil(ConformanceHost.Message(), m => m[0] = 0x32));
        AssertDropped(host, "Type 1");
    }

    [Fact]
    public void An_incomplete_message_is_dropped()
    {
        var message = ConformanceHost.Message();
        for (var length = 2; length < message.Length; length++)
        {
            var host = Active();
            host.Receive(message[..length]);
            AssertDropped(host, "Length 1");
        }
    }

    [Fact]
    public void A_message_too_short_for_a_VRID_is_nobodys()
    {
        var host = Active();
        host.Receive([0x31]);
        AssertDropped(host, "Vrid 1");
    }

    [Fact]
    public void A_wrong_checksum_is_dropped()
    {
        var host = Active();
        var message = ConformanceHost.Message();
        message[7] ^= 1;
        host.Receive(message);
        AssertDropped(host, "Checksum 1");
    }

    [Fact]
    public void A_VRID_that_is_not_configured_is_dropped()
    {
        var host = Active();
        host.Receive(ConformanceHost.Message(vrid: 52));
        AssertDropped(host, "Vrid 1");
    }

    [Fact]
    public void A_VRID_that_is_configured_on_another_interface_is_dropped()
    {
        var host = Active();
        host.Receive(ConformanceHost.Message(), interfaceIndex: ConformanceHost.Eth1);
        AssertDropped(host, "Vrid 1");
    }

    [Fact]
    public void A_VRID_that_is_configured_for_the_other_family_is_dropped()
    {
        var host = Active();
        host.Receive(ConformanceHost.Message(addresses: "fe80::100", from: ConformanceHost.Peer6), from: ConformanceHost.Peer6);
        AssertDropped(host, "Vrid 1");
    }

    [Fact]
    public void An_address_count_of_zero_is_dropped()
    {
        var host = Active();
        host.Receive(ConformanceHost.Spoil(ConformanceHost.Message()[..8], m => m[3] = 0));
        AssertDropped(host, "Length 1");
    }

    [Fact]
    public void An_interval_of_zero_is_dropped()
    {
        var host = Active();
        host.Receive(ConformanceHost.Spoil(ConformanceHost.Message(), m => m[4] = m[5] = 0));
        AssertDropped(host, "Interval 1");
    }

    [Fact]
    public void Each_reason_to_drop_is_reported_once_and_counted_always()
    {
        var host = Active();
        for (var i = 0; i < 3; i++)
        {
            host.Receive(ConformanceHost.Message(), hopLimit: 1);
            host.Receive(ConformanceHost.Message(version: VrrpVersion.V2));
        }

        Assert.Equal("Ttl 3, Version 3", host.Counters());
        Assert.Equal(
            [(NodeEventKind.AdvertisementDropped, DropReason.Ttl, ConformanceHost.Peer), (NodeEventKind.AdvertisementDropped, DropReason.Version, ConformanceHost.Peer)],
            host.Events.Select(e => (e.Kind, e.Drop, e.Source)));
    }

    [Fact]
    public void A_dropped_message_does_not_put_off_a_takeover()
    {
        var host = new ConformanceHost(ConformanceHost.Config()).Start();
        for (var i = 0; i < 36; i++)
        {
            host.Step(0.1);
            ReceiveSpoilt(host);
        }

        Assert.Equal(("Ttl 36, Checksum 36, Version 36, Vrid 36", RouterState.Backup), (host.Counters(), host.State));
        host.Now += TimeSpan.FromTicks(93_749); // Active_Down_Interval less a tick
        Assert.Equal(RouterState.Backup, host.Step().State);
        host.Now += TimeSpan.FromTicks(1);
        Assert.Equal(RouterState.Active, host.Step().State);
    }

    [Fact]
    public void A_dropped_message_does_not_put_off_an_advertisement()
    {
        var host = Active();
        for (var i = 0; i < 9; i++)
        {
            host.Step(0.1);
            ReceiveSpoilt(host);
        }

        Assert.Empty(host.Advertisements);
        Assert.Single(host.Step(0.1).Advertisements);
    }

    private static void ReceiveSpoilt(ConformanceHost host)
    {
        host.Receive(ConformanceHost.Message(), hopLimit: 1);
        host.Receive(ConformanceHost.Message(version: VrrpVersion.V2));
        host.Receive(ConformanceHost.Message(vrid: 52));
        var damaged = ConformanceHost.Message();
        damaged[7] ^= 1;
        host.Receive(damaged);
    }

    [Fact]
    public void An_address_owner_that_hears_another_owner_says_so_once_and_lets_the_tie_break_decide()
    {
        var greater = new ConformanceHost(ConformanceHost.Config(priority: 255)).Start();
        greater.Clear();
        greater.Receive(ConformanceHost.Message(priority: 255, from: IpAddress.Parse("192.0.2.9")), from: IpAddress.Parse("192.0.2.9"));
        greater.Receive(ConformanceHost.Message(priority: 255, from: IpAddress.Parse("192.0.2.9")), from: IpAddress.Parse("192.0.2.9"));
        Assert.Equal(("received 2", RouterState.Active), (greater.Counters(), greater.State));
        Assert.Equal([NodeEventKind.DuplicateOwner], greater.Events.Select(e => e.Kind));

        var lesser = new ConformanceHost(ConformanceHost.Config(priority: 255)).Start();
        lesser.Receive(ConformanceHost.Message(priority: 255));
        AssertBelieved(lesser);
    }

    [Fact]
    public void An_address_owner_asserts_its_role_to_a_lesser_router_and_does_not_call_it_an_error()
    {
        var host = new ConformanceHost(ConformanceHost.Config(priority: 255)).Start();
        host.Clear();
        host.Receive(ConformanceHost.Message(priority: 254));

        Assert.Equal((RouterState.Active, 1, 0), (host.State, host.Advertisements.Count, host.Events.Count));
    }

    [Fact]
    public void Another_interval_is_no_reason_to_drop_in_version_3()
    {
        var host = Active();
        host.Receive(ConformanceHost.Message(seconds: 3));
        AssertBelieved(host);
    }

    [Fact]
    public void Another_interval_is_reported_once_per_change_and_our_own_is_not()
    {
        var host = Active();
        foreach (var seconds in new[] { 1, 3, 3, 0.1, 0.1 })
            host.Receive(ConformanceHost.Message(priority: 1, seconds: seconds));

        Assert.Equal(
            [(NodeEventKind.IntervalMismatch, 3000, ConformanceHost.Peer), (NodeEventKind.IntervalMismatch, 100, ConformanceHost.Peer)],
            host.Events.Select(e => (e.Kind, e.Count, e.Source)));
    }

    [Fact]
    public void Another_address_list_is_counted_and_reported_once_per_change_and_not_dropped()
    {
        var host = Active();
        foreach (var list in new[] { "192.0.2.101", "192.0.2.101", "192.0.2.100 192.0.2.101" })
            host.Receive(ConformanceHost.Message(priority: 1, addresses: list));

        Assert.Equal("received 3, mismatches 3", host.Counters());
        Assert.Equal(
            [(NodeEventKind.AddressListMismatch, 1), (NodeEventKind.AddressListMismatch, 2)],
            host.Events.Select(e => (e.Kind, e.Count)));
    }

    [Fact]
    public void Another_order_of_the_same_addresses_is_no_mismatch()
    {
        var host = Active(ConformanceHost.Config("192.0.2.100/24 192.0.2.101/24"));
        host.Receive(ConformanceHost.Message(addresses: "192.0.2.101 192.0.2.100"));
        AssertBelieved(host);
    }

    [Fact]
    public void Another_address_list_is_dropped_when_strict_addresses_asks_for_it()
    {
        var host = Active(ConformanceHost.Config() with { StrictAddresses = true });
        host.Receive(ConformanceHost.Message(addresses: "192.0.2.101"));
        AssertDropped(host, "AddressList 1, mismatches 1");
    }

    [Fact]
    public void An_IPv6_list_without_a_link_local_address_first_is_not_dropped()
    {
        var host = Active(ConformanceHost.Config("2001:db8::100/64"));
        host.Receive(ConformanceHost.Message(addresses: "2001:db8::100", from: ConformanceHost.Peer6), from: ConformanceHost.Peer6);
        AssertBelieved(host);
    }

    [Fact]
    public void Version_2_drops_another_interval()
    {
        var host = Active(Version2());
        host.Receive(ConformanceHost.Message(version: VrrpVersion.V2, seconds: 2));
        AssertDropped(host, "Interval 1");
    }

    [Fact]
    public void Version_2_drops_another_authentication_type_and_another_password()
    {
        var open = Active(Version2());
        open.Receive(ConformanceHost.Message(version: VrrpVersion.V2, password: "secret"));
        AssertDropped(open, "Authentication 1");

        var closed = Active(Version2("secret"));
        closed.Receive(ConformanceHost.Message(version: VrrpVersion.V2));
        closed.Receive(ConformanceHost.Message(version: VrrpVersion.V2, password: "Secret"));
        closed.Receive(ConformanceHost.Spoil(ConformanceHost.Message(version: VrrpVersion.V2, password: "secret"), m => m[4] = 2));
        AssertDropped(closed, "Authentication 3");
        closed.Receive(ConformanceHost.Message(version: VrrpVersion.V2, password: "secret"));
        Assert.Equal(RouterState.Backup, closed.State);
    }

    [Fact]
    public void Version_2_does_not_drop_another_address_list_of_a_router_that_does_not_own_the_addresses()
    {
        var host = Active(Version2());
        host.Receive(ConformanceHost.Message(version: VrrpVersion.V2, addresses: "192.0.2.101"));
        AssertBelieved(host, "received 1, mismatches 1");
    }
}
