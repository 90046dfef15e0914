using Vigie.Core.Net;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>Transcripts of interfaces that are missing, go down, come back, change their name or lose their address.</summary>
public class InterfaceScenarios
{
    [Fact]
    public void A_missing_interface_is_a_fault_until_it_appears()
    {
        var host = new Host(Host.Router());
        host.Start();
        host.Run(1);
        host.Chapter("it appears, still down and without an address");
        host.Link(running: false);
        host.Link();
        host.Address("10.77.0.1/24");
        host.Run(4);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_link_that_goes_down_takes_the_role_away_and_joins_anew_when_it_is_back()
    {
        var host = new Host(Host.Router(addresses: "10.77.0.100/24 fd77::100/64")).Started();
        host.Run(4);
        host.Chapter("down");
        host.Link(running: false);
        host.Run(10);
        Assert.Empty(host.Table);
        host.Chapter("up");
        host.Link();
        host.Run(4);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_removed_interface_is_taken_up_again_under_another_index()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(4);
        host.Chapter("removed");
        host.LinkRemoved();
        host.Run(1);
        host.Chapter("added again");
        host.Link(index: 7);
        host.Address("10.77.0.1/24", index: 7);
        host.Run(4);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_renamed_interface_loses_its_virtual_addresses_first()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(4);
        host.Chapter("renamed");
        host.Link("lan0");
        host.Run(1);
        Assert.Empty(host.Table);
        host.Chapter("and back");
        host.Link();
        host.Run(4);
        Assert.Single(host.Table);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Without_a_source_address_of_each_family_there_is_no_election()
    {
        var host = new Host(Host.Router(addresses: "10.77.0.100/24 fd77::100/64"));
        host.Link();
        host.Address("10.77.0.1/24");
        host.Start();
        host.Run(1);
        host.Chapter("a link-local address that is still tentative");
        host.Address("fe80::1/64", usable: false);
        host.Run(1);
        host.Chapter("and usable");
        host.Address("fe80::1/64");
        host.Run(4);
        host.Chapter("the IPv4 address goes");
        host.AddressRemoved("10.77.0.1/24");
        host.Run(1);
        Assert.Empty(host.Table);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Reading_everything_anew_after_lost_events_moves_nothing()
    {
        var host = new Host(Host.Router(addresses: "10.77.0.100/24 fd77::100/64")).Started();
        host.Run(4);
        host.Chapter("everything is reported again, the IPv4 virtual address is gone");
        host.Give("begin", () => host.Loop.BeginResync());
        host.Link();
        host.Address("10.77.0.1/24");
        host.Address("fe80::1/64");
        host.Address("fd77::100/64", ours: true);
        host.Give("end", () => host.Loop.EndResync(host.Now, [Host.Eth0]));
        host.Run(0.5);
        host.Chapter("and a second time without the interface");
        host.Give("begin", () => host.Loop.BeginResync());
        host.Give("end", () => host.Loop.EndResync(host.Now, []));
        host.Run(0.5);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_host_that_cannot_listen_takes_no_role_and_tries_again_every_second()
    {
        var host = new Host(Host.Router(), Host.Router("owner", 52, 255, addresses: "10.77.0.1/24"));
        host.ListenErrors[(Host.Eth0, IpFamily.IPv4)] = (105, true);
        host.Started();
        host.Run(9.5);
        Assert.Empty(host.Table);
        host.Chapter("another error");
        host.ListenErrors[(Host.Eth0, IpFamily.IPv4)] = (12, false);
        host.Run(2);
        host.Chapter("it can");
        host.ListenErrors.Clear();
        host.Run(4.5);
        Assert.Single(host.Table);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_group_that_cannot_be_joined_concerns_nobody_who_has_peers()
    {
        var host = new Host(Host.Router(peers: "10.77.0.2"));
        host.ListenErrors[(Host.Eth0, IpFamily.IPv4)] = (105, true);
        host.Started();
        host.Run(4);
        Assert.Single(host.Table);
        host.Chapter("nothing at all is heard any more");
        host.ListenErrors[(Host.Eth0, IpFamily.IPv4)] = (12, false);
        host.Run(2);
        Assert.Empty(host.Table);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Until_the_kernel_has_said_that_it_listens_nobody_begins()
    {
        var host = new Host(Host.Router()) { ListensAtOnce = false }.Started();
        host.Run(10);
        Assert.Empty(host.Table);
        host.ListensAtOnce = true;
        host.Chapter("the answer");
        host.Run(0.001);
        host.Give("answered", () => { });
        host.Run(4);
        Assert.Single(host.Table);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_new_hardware_address_is_announced()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(12);
        host.Chapter("another MAC");
        host.Link(mac: Host.Mac("02:00:00:00:00:99"));
        host.Run(0.5);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_failing_socket_is_reported_once_and_once_again_when_it_works()
    {
        var host = new Host(Host.Router(peers: "10.77.0.2 10.77.0.3"));
        host.SendErrors[Vigie.Core.Net.IpAddress.Parse("10.77.0.3")] = 113;
        host.Started();
        host.Run(6);
        host.Chapter("both work");
        host.SendErrors.Clear();
        host.Run(2);
        Assert.Equal(0, host.Status().SendError);
        host.Transcript.AssertAsExpected();
    }
}
