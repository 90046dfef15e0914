using Vigie.Core.Election;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>Transcripts of planned leaves: who serves, who teaches, and when the addresses go.</summary>
public class LeavingScenarios
{
    [Fact]
    public void A_leaving_host_serves_until_its_successor_has_announced_every_address()
    {
        var host = Serving();
        host.Chapter("leave; the successor waits its skew time, speaks, and announces");
        host.Leave();
        host.Run(0.6);
        host.Hear("10.77.0.2", 100, addresses: "10.77.0.100 10.77.0.101");
        host.Run(0.0005);
        host.Arp("10.77.0.100", Host.PeerMac, Core.Wire.ArpOperation.Request);
        host.Run(0.001);
        host.Arp("10.77.0.101", Host.PeerMac);
        Assert.False(host.Loop.HasLeft);
        host.Run(0.1);
        Assert.True(host.Loop.HasLeft);
        Assert.DoesNotContain(host.Table, a => a.Prefix.ToString().StartsWith("10.77.0.10", StringComparison.Ordinal));
        host.Shutdown();
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_leave_that_is_cut_short_removes_the_addresses_at_once()
    {
        var host = Serving();
        host.Chapter("leave");
        host.Leave();
        host.Run(0.2);
        host.Chapter("at once");
        host.Shutdown();
        host.Run(1);
        Assert.True(host.Loop.HasLeft);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_switchover_moves_the_role_and_failback_brings_it_back()
    {
        var host = Serving(closeConnections: true);
        host.Chapter("switchover");
        host.Give("switchover", () => Assert.Equal(AsideAnswer.Done, host.Loop.Switchover(host.Now, "db")));
        host.Run(0.6);
        host.Hear("10.77.0.2", 100, addresses: "10.77.0.100 10.77.0.101");
        host.Arp("10.77.0.100", Host.PeerMac);
        host.Arp("10.77.0.101", Host.PeerMac);
        host.Run(0.9);
        for (var i = 0; i < 4; i++)
        {
            host.Hear("10.77.0.2", 100, addresses: "10.77.0.100 10.77.0.101");
            host.Run(1);
        }

        Assert.Equal((RouterState.Backup, AsideCause.Switchover), (host.Status().State, host.Status().Aside));
        host.Chapter("failback");
        host.Give("failback", () => Assert.Equal(AsideAnswer.Done, host.Loop.Failback(host.Now, "db")));
        for (var i = 0; i < 4; i++)
        {
            host.Hear("10.77.0.2", 100, addresses: "10.77.0.100 10.77.0.101");
            host.Run(1);
        }

        Assert.Equal((RouterState.Active, AsideCause.None), (host.Status().State, host.Status().Aside));
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_drained_host_takes_no_role_until_it_is_undrained()
    {
        var host = Serving();
        host.Give("drain", () => host.Loop.Drain(host.Now, drained: true));
        host.Run(0.6);
        host.Hear("10.77.0.2", 100, addresses: "10.77.0.100 10.77.0.101");
        host.Run(60);
        Assert.Equal((RouterState.Backup, AsideCause.Drain), (host.Status().State, host.Status().Aside));
        Assert.Equal(AsideAnswer.Drained, host.Loop.Failback(host.Now, "db"));

        host.Give("undrain", () => host.Loop.Drain(host.Now, drained: false));
        host.Run(1.3); // what it takes for silence may be its own, since it has not waited for anybody

        Assert.Equal((RouterState.Active, AsideCause.None), (host.Status().State, host.Status().Aside));
    }

    [Fact]
    public void A_host_that_was_drained_before_its_start_begins_so_and_a_reload_adds_only_drained_routers()
    {
        var host = new Host(Host.Router(priority: 255));
        host.Loop.StandAside(drained: true, []);
        host.Started();
        host.Run(10);
        Assert.Equal(RouterState.Backup, host.Status().State);

        host.Reconfigure(Host.Router(priority: 255), Host.Router("web", 52, priority: 255, addresses: "10.77.0.110/24"));
        host.Run(10);

        Assert.Equal((RouterState.Backup, AsideCause.Drain), (host.Status(1).State, host.Status(1).Aside));
    }

    [Fact]
    public void Wishes_that_cannot_be_met_are_refused()
    {
        var host = Serving();

        Assert.Equal(AsideAnswer.Unknown, host.Loop.Switchover(host.Now, "no"));
        Assert.Equal(AsideAnswer.Unknown, host.Loop.Failback(host.Now, "no"));
        Assert.Equal(AsideAnswer.NotAside, host.Loop.Failback(host.Now, "db"));
        host.Loop.Switchover(host.Now, "db");
        Assert.Equal(AsideAnswer.NotActive, host.Loop.Switchover(host.Now, "db"));
    }

    [Fact]
    public void A_router_that_comes_back_while_it_departs_begins_anew()
    {
        var host = Serving();
        host.Reconfigure();
        host.Run(0.5);
        Assert.False(host.Loop.HasLeft);
        Assert.Equal(0, host.Loop.RouterCount);

        host.Reconfigure(Host.Router(addresses: "10.77.0.100/24 10.77.0.101/24"));

        Assert.True(host.Loop.HasLeft);
        Assert.Equal(RouterState.Backup, host.Status().State);
        host.Run(4);
        Assert.Equal(RouterState.Active, host.Status().State);
        Assert.Equal(2, host.Table.Count(a => a.Prefix.ToString().StartsWith("10.77.0.10", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_address_that_moves_to_another_router_of_this_host_is_served_until_that_one_is_active()
    {
        var host = Serving();
        host.Reconfigure(Host.Router("other", 60, addresses: "10.77.0.100/24"));

        Assert.True(host.Loop.HasLeft);
        for (var i = 0; i < 50; i++)
        {
            Assert.Contains(host.Table, a => a.Prefix.ToString() == "10.77.0.100/24");
            host.Run(0.1);
        }

        Assert.Equal(RouterState.Active, host.Status().State);
        // The other address may have been another host's to take over; nobody did.
        Assert.DoesNotContain(host.Table, a => a.Prefix.ToString() == "10.77.0.101/24");
    }

    private static Host Serving(bool closeConnections = false)
    {
        var host = new Host(Host.Router(addresses: "10.77.0.100/24 10.77.0.101/24", closeConnections: closeConnections)).Started();
        host.Run(12.3);
        return host;
    }
}
