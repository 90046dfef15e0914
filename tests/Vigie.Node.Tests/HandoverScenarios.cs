using Vigie.Core.Election;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>Addresses that a reload takes from a virtual router with the role: who serves them, and until when.</summary>
public class HandoverScenarios
{
    [Fact]
    public void Between_two_actives_of_one_host_an_address_is_never_removed()
    {
        var host = new Host(
            Host.Router("a", 51, addresses: "10.77.0.100/24 10.77.0.101/24"), Host.Router("b", 52, addresses: "10.77.0.102/24")).Started();
        host.Run(12.3);
        host.Chapter("101 moves from a to b");
        host.Reconfigure(Host.Router("a", 51, addresses: "10.77.0.100/24"), Host.Router("b", 52, addresses: "10.77.0.101/24 10.77.0.102/24"));
        Assert.Contains("10.77.0.101/24", Held(host));
        host.Run(0.3);
        Assert.DoesNotContain("remove 10.77.0.101/24", host.Transcript.ToString(), StringComparison.Ordinal);
        Assert.Equal(["10.77.0.100/24", "10.77.0.101/24", "10.77.0.102/24"], Held(host));
    }

    [Fact]
    public void An_address_that_goes_to_a_virtual_router_of_another_host_is_served_until_that_host_announces_it()
    {
        var host = new Host(
            Host.Router("a", 51, addresses: "10.77.0.100/24 10.77.0.101/24"), Host.Router("b", 52, priority: 50, addresses: "10.77.0.102/24")).Started();
        host.Hear("10.77.0.9", 200, addresses: "10.77.0.102", vrid: 52);
        BeatOfB(host, 4);
        host.Chapter("101 moves from a to b, whose Active is 10.77.0.9");
        host.Reconfigure(
            Host.Router("a", 51, addresses: "10.77.0.100/24"), Host.Router("b", 52, priority: 50, addresses: "10.77.0.101/24 10.77.0.102/24"));
        BeatOfB(host, 60);
        Assert.Equal(["10.77.0.100/24", "10.77.0.101/24"], Held(host));
        host.Chapter("the other host has been reloaded, too");
        host.Arp("10.77.0.101", Host.PeerMac);
        host.Run(0.04);
        Assert.Contains("10.77.0.101/24", Held(host)); // what was sent before the announcement arrives yet
        host.Run(0.2);
        Assert.Equal(["10.77.0.100/24"], Held(host));
        Assert.Equal(RouterState.Active, host.Status(0).State);
        var told = host.Transcript.ToString();
        Assert.Contains("mute 10.77.0.101", told, StringComparison.Ordinal);
        Assert.Contains("AddressHandedOver 10.77.0.101/24", told, StringComparison.Ordinal);
        Assert.DoesNotContain("AddressNotTaken", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.7)]
    [InlineData(null)]
    public void What_the_other_host_tells_this_one_alone_leaves_the_neighbours_to_be_served_until_they_are_told(double? announcedAfter)
    {
        var host = new Host(
            Host.Router("a", 51, addresses: "10.77.0.100/24 10.77.0.101/24"), Host.Router("b", 52, priority: 50, addresses: "10.77.0.102/24")).Started();
        host.Hear("10.77.0.9", 200, addresses: "10.77.0.102", vrid: 52);
        BeatOfB(host, 4);
        host.Reconfigure(
            Host.Router("a", 51, addresses: "10.77.0.100/24"), Host.Router("b", 52, priority: 50, addresses: "10.77.0.101/24 10.77.0.102/24"));
        host.Arp("10.77.0.101", Host.PeerMac, to: "0.0.0.0");
        Assert.Contains("mute 10.77.0.101", host.Transcript.ToString(), StringComparison.Ordinal);
        host.Run(announcedAfter ?? 1.05);
        Assert.Contains("10.77.0.101/24", Held(host));
        if (announcedAfter is not null)
            host.Arp("10.77.0.101", Host.PeerMac);
        host.Run(0.06);
        Assert.Equal(["10.77.0.100/24"], Held(host));
        Assert.DoesNotContain("AddressNotTaken", host.Transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_takes_it_and_it_goes_after_the_longest_wait()
    {
        var host = new Host(
            Host.Router("a", 51, addresses: "10.77.0.100/24 10.77.0.101/24"), Host.Router("b", 52, priority: 50, addresses: "10.77.0.102/24")).Started();
        host.Hear("10.77.0.9", 200, addresses: "10.77.0.102", vrid: 52);
        BeatOfB(host, 5);
        host.Reconfigure(
            Host.Router("a", 51, addresses: "10.77.0.100/24"), Host.Router("b", 52, priority: 50, addresses: "10.77.0.101/24 10.77.0.102/24"));
        BeatOfB(host, (int)ElectionLoop.LongestHandover.TotalSeconds - 2);
        Assert.Contains("10.77.0.101/24", Held(host));
        BeatOfB(host, 4);
        Assert.DoesNotContain("10.77.0.101/24", Held(host));
        Assert.Contains("AddressNotTaken 10.77.0.101/24", host.Transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_virtual_router_that_is_to_have_it_becomes_active_here_and_takes_it_without_removing_it()
    {
        var host = new Host(
            Host.Router("a", 51, addresses: "10.77.0.100/24 10.77.0.101/24"), Host.Router("b", 52, addresses: "10.77.0.102/24")).Started();
        BeatOfB(host, 5);
        host.Reconfigure(Host.Router("a", 51, addresses: "10.77.0.100/24"), Host.Router("b", 52, addresses: "10.77.0.101/24 10.77.0.102/24"));
        host.Run(8);
        Assert.Equal(RouterState.Active, host.Status(1).State);
        Assert.Equal(["10.77.0.100/24", "10.77.0.101/24", "10.77.0.102/24"], Held(host));
        host.Run(600);
        Assert.Equal(["10.77.0.100/24", "10.77.0.101/24", "10.77.0.102/24"], Held(host));
        Assert.DoesNotContain("remove 10.77.0.101/24", host.Transcript.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("AddressNotTaken", host.Transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_that_no_virtual_router_has_any_more_goes_at_once()
    {
        var host = new Host(Host.Router("a", 51, addresses: "10.77.0.100/24 10.77.0.101/24")).Started();
        host.Run(5);
        host.Reconfigure(Host.Router("a", 51, addresses: "10.77.0.100/24"));
        host.Run(0.01);
        Assert.Equal(["10.77.0.100/24"], Held(host));
    }

    [Fact]
    public void Unless_another_station_claims_it_already()
    {
        var host = new Host(Host.Router("a", 51, addresses: "10.77.0.100/24 10.77.0.101/24")).Started();
        host.Run(5);
        host.Arp("10.77.0.101", Host.PeerMac);
        host.Run(0.2);
        host.Reconfigure(Host.Router("a", 51, addresses: "10.77.0.100/24"));
        host.Run(0.5);
        Assert.Contains("10.77.0.101/24", Held(host));
        host.Arp("10.77.0.101", Host.PeerMac);
        host.Run(0.1);
        Assert.Equal(["10.77.0.100/24"], Held(host));
    }

    [Fact]
    public void Or_has_claimed_it_lately_and_is_asked_for_in_vain()
    {
        // So did the Active from which this host has just taken the role.
        var host = new Host(Host.Router("a", 51, addresses: "10.77.0.100/24 10.77.0.101/24")).Started();
        host.Run(5);
        host.Arp("10.77.0.101", Host.PeerMac);
        host.Run(0.2);
        var before = host.Transcript.ToString().Length;
        host.Reconfigure(Host.Router("a", 51, addresses: "10.77.0.100/24"));
        Assert.Contains("10.77.0.101 by ARP", host.Transcript.ToString()[before..], StringComparison.Ordinal);
        host.Run(0.9);
        Assert.Contains("10.77.0.101/24", Held(host));
        host.Run(0.2);
        Assert.Equal(["10.77.0.100/24"], Held(host));
    }

    [Theory]
    [InlineData("renamed", 51)]
    [InlineData("db", 61)]
    public void A_virtual_router_that_begins_anew_serves_its_addresses_until_it_or_another_host_is_active(string name, byte vrid)
    {
        var alone = new Host(Host.Router()).Started();
        alone.Run(5);
        alone.Reconfigure(Host.Router(name, vrid));
        for (var i = 0; i < 60; i++)
        {
            alone.Run(0.1);
            Assert.Equal(["10.77.0.100/24"], Held(alone));
        }

        Assert.Equal(RouterState.Active, alone.Status().State);

        var withPeer = new Host(Host.Router()).Started();
        withPeer.Run(5);
        withPeer.Reconfigure(Host.Router(name, vrid, priority: 50));
        withPeer.Run(0.7);
        Assert.Equal(["10.77.0.100/24"], Held(withPeer));
        withPeer.Hear("10.77.0.9", 100);
        withPeer.Arp("10.77.0.100", Host.PeerMac);
        withPeer.Run(0.1);
        Assert.Empty(withPeer.Table);
    }

    [Fact]
    public void A_virtual_router_that_changes_its_interface_is_served_on_the_old_one_until_a_successor_there_announces()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(5);
        host.Reconfigure(Host.Router(on: "eth1"));
        host.Run(0.7);
        Assert.Equal(["10.77.0.100/24"], Held(host));
        host.Hear("10.77.0.9", 100);
        host.Arp("10.77.0.100", Host.PeerMac);
        host.Run(0.1);
        Assert.Empty(host.Table);

        var alone = new Host(Host.Router()).Started();
        alone.Run(5);
        alone.Reconfigure(Host.Router(on: "eth1"));
        alone.Run(2.9);
        Assert.Equal(["10.77.0.100/24"], Held(alone));
        alone.Run(0.2);
        Assert.Empty(alone.Table);
    }

    [Fact]
    public void A_shutdown_meanwhile_leaves_nothing_behind()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(5);
        host.Reconfigure(Host.Router("renamed", 61, priority: 50));
        Assert.Equal(["10.77.0.100/24"], Held(host));
        host.Shutdown();
        host.Run(0.1);
        Assert.Empty(host.Table);
    }

    [Fact]
    public void A_reload_that_takes_the_change_back_gives_the_address_back()
    {
        var before = Host.Router("a", 51, addresses: "10.77.0.100/24 10.77.0.101/24");
        var b = Host.Router("b", 52, priority: 50, addresses: "10.77.0.102/24");
        var host = new Host(before, b).Started();
        host.Hear("10.77.0.9", 200, addresses: "10.77.0.102", vrid: 52);
        BeatOfB(host, 5);
        host.Reconfigure(
            Host.Router("a", 51, addresses: "10.77.0.100/24"), Host.Router("b", 52, priority: 50, addresses: "10.77.0.101/24 10.77.0.102/24"));
        BeatOfB(host, 2);
        host.Reconfigure(before, b);
        BeatOfB(host, 400);
        Assert.Equal(["10.77.0.100/24", "10.77.0.101/24"], Held(host));
        Assert.DoesNotContain("remove 10.77.0.101/24", host.Transcript.ToString(), StringComparison.Ordinal);
    }

    private static void BeatOfB(Host host, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            host.Hear("10.77.0.9", 200, addresses: "10.77.0.102", vrid: 52);
            host.Run(1);
        }
    }

    private static string[] Held(Host host) => [.. host.Table.Select(a => a.Prefix.ToString()).Order(StringComparer.Ordinal)];
}
