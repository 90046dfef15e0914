using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>Transcripts of a new configuration in a running host.</summary>
public class ReloadScenarios
{
    [Fact]
    public void An_unchanged_router_does_not_notice_a_reload()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(12.3);
        host.Chapter("reload");
        host.Reconfigure(Host.Router());
        host.Run(1);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void The_status_follows_the_order_of_the_configuration_also_after_a_reload()
    {
        var a = Host.Router("a", 51, addresses: "10.77.0.100/24");
        var b = Host.Router("b", 52, addresses: "10.77.0.101/24");
        var c = Host.Router("c", 53, addresses: "10.77.0.102/24");
        var host = new Host(a, c).Started();

        host.Reconfigure(b, c, a);

        Assert.Equal(["b", "c", "a"], Enumerable.Range(0, host.Loop.RouterCount).Select(i => host.Status(i).Name));
        host.Reconfigure(c, b);
        Assert.Equal(["c", "b"], Enumerable.Range(0, host.Loop.RouterCount).Select(i => host.Status(i).Name));
    }

    [Fact]
    public void A_changed_priority_is_advertised_at_once_and_the_role_stays()
    {
        var host = new Host(Host.Router(priority: 150)).Started();
        host.Run(12.3);
        host.Chapter("reload");
        Assert.Equal(["db"], host.Reconfigure(Host.Router(priority: 120)).Changed);
        host.Run(1.5);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Changed_addresses_are_removed_added_and_announced()
    {
        var host = new Host(Host.Router(addresses: "10.77.0.100/24 10.77.0.101/24 10.77.0.102/24")).Started();
        host.Run(3.4242);
        host.Chapter("reload just before the second round of announcements, which falls before the kernel's answer");
        host.Reconfigure(Host.Router(addresses: "10.77.0.103/24"));
        host.Run(0.1);
        Assert.Equal(["10.77.0.103/24"], host.Table.Select(a => a.Prefix.ToString()));
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void An_address_moves_from_one_router_to_another_in_either_order()
    {
        var a = Host.Router("a", 51, addresses: "10.77.0.100/24 10.77.0.101/24");
        var b = Host.Router("b", 52, addresses: "10.77.0.102/24");
        var host = new Host(a, b).Started();
        host.Run(12.3);
        host.Chapter("101 moves from a to b");
        host.Reconfigure(
            Host.Router("a", 51, addresses: "10.77.0.100/24"), Host.Router("b", 52, addresses: "10.77.0.101/24 10.77.0.102/24"));
        host.Run(0.3);
        Assert.Equal(["10.77.0.100/24", "10.77.0.101/24", "10.77.0.102/24"], host.Table.Select(x => x.Prefix.ToString()).Order());
        host.Chapter("and back");
        host.Reconfigure(a, b);
        host.Run(0.3);
        Assert.Equal(["10.77.0.100/24", "10.77.0.101/24", "10.77.0.102/24"], host.Table.Select(x => x.Prefix.ToString()).Order());
        host.Chapter("a is removed, b takes all of it");
        host.Reconfigure(Host.Router("b", 52, addresses: "10.77.0.100/24 10.77.0.101/24 10.77.0.102/24"));
        host.Run(0.3);
        Assert.Equal(["10.77.0.100/24", "10.77.0.101/24", "10.77.0.102/24"], host.Table.Select(x => x.Prefix.ToString()).Order());
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void An_address_that_a_reload_adds_to_an_active_is_asked_about_at_the_end_of_its_first_burst()
    {
        var host = new Host(Host.Router(addresses: "10.77.0.100/24 fd77::100/64")).Started();
        host.Run(12.3);
        host.Chapter("reload with two more");
        host.Reconfigure(Host.Router(addresses: "10.77.0.100/24 10.77.0.101/24 fd77::100/64 fd77::101/64"));
        host.Run(0.05);
        host.Chapter("another station answers for one of them");
        host.Arp("10.77.0.101", Host.PeerMac);
        host.Run(0.6);
        Assert.Equal(1, host.Status().ForeignClaims);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void An_address_that_a_reload_added_is_not_asked_about_when_the_role_is_taken_again()
    {
        var host = new Host(Host.Router(addresses: "10.77.0.100/24")).Started();
        host.Run(12.3);
        host.Reconfigure(Host.Router(addresses: "10.77.0.100/24 10.77.0.101/24"));
        host.Run(0.02);
        host.Chapter("the role is lost before the burst is over, and taken when the other one resigns");
        host.Hear("10.77.0.2", 200, addresses: "10.77.0.100 10.77.0.101");
        host.Hear("10.77.0.2", 0, addresses: "10.77.0.100 10.77.0.101");
        host.Run(1);
        Assert.Equal(Core.Election.RouterState.Active, host.Status().State);
        host.Transcript.AssertAsExpected();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public void An_address_that_moves_between_two_routers_is_not_taken_for_one_that_somebody_deleted(int eventDelayMilliseconds)
    {
        var a = Host.Router("a", 51, addresses: "10.77.0.100/24 10.77.0.101/24");
        var b = Host.Router("b", 52, addresses: "10.77.0.102/24");
        var host = new Host(a, b) { EventDelay = TimeSpan.FromMilliseconds(eventDelayMilliseconds) }.Started();
        host.Run(12.3);
        host.Reconfigure(
            Host.Router("a", 51, addresses: "10.77.0.100/24"), Host.Router("b", 52, addresses: "10.77.0.101/24 10.77.0.102/24"));
        host.Run(1);
        host.Reconfigure(Host.Router("b", 52, addresses: "10.77.0.100/24 10.77.0.101/24 10.77.0.102/24"));
        host.Run(1);
        Assert.DoesNotContain("AddressReasserted", host.Transcript.ToString(), StringComparison.Ordinal);

        host.AddressRemoved("10.77.0.101/24");
        host.Run(1);
        Assert.Contains("AddressReasserted 10.77.0.101/24", host.Transcript.ToString(), StringComparison.Ordinal);
        Assert.Equal(3, host.Table.Count);
    }

    [Fact]
    public void A_removed_router_resigns_and_an_added_one_listens_first()
    {
        var host = new Host(Host.Router("old", 51)).Started();
        host.Run(4);
        host.Chapter("reload");
        var outcome = host.Reconfigure(Host.Router("new", 52, addresses: "10.77.0.101/24"));
        Assert.Equal(["new"], outcome.Added);
        Assert.Equal(["old"], outcome.Removed);
        host.Run(4);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Another_VRID_is_another_router()
    {
        var host = new Host(Host.Router(vrid: 51)).Started();
        host.Run(4);
        host.Chapter("reload");
        host.Reconfigure(Host.Router(vrid: 52));
        host.Run(4);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_shorter_interval_of_a_backup_counts_from_when_its_wait_began()
    {
        var host = new Host(Host.Router(priority: 100)).Started();
        host.Run(1);
        host.Chapter("reload with 100 ms");
        host.Reconfigure(Host.Router(priority: 100, intervalMilliseconds: 100));
        host.Run(0.5);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_plan_is_what_the_reload_then_does_and_changes_nothing_itself()
    {
        var a = Host.Router("a", 51, priority: 150, addresses: "10.77.0.100/24");
        var b = Host.Router("b", 52, addresses: "10.77.0.101/24");
        var c = Host.Router("c", 53, addresses: "10.77.0.102/24");
        var host = new Host(a, b, c).Started();
        host.Run(12.3);
        var before = host.Status(0);
        var table = host.Table.Select(x => x.Prefix.ToString()).ToArray();
        var config = host.Loop.Config with
        {
            VirtualRouters = [a with { Priority = 120 }, b, c with { Vrid = 63 }, Host.Router("d", 54, addresses: "10.77.0.103/24")],
        };

        var plan = host.Loop.PlanReconfiguration(config);

        Assert.Equal<string[]>(
            [["d", "c"], ["c"], ["a"], ["b"], ["c"], ["a"]],
            [[.. plan.Added.OrderDescending()], [.. plan.Removed], [.. plan.Changed], [.. plan.Unchanged], [.. plan.Moves], [.. plan.MayMove]]);
        Assert.Equal([new("a", "priority", "150", "120"), new("c", "vrid", "53", "63")], plan.Settings);
        Assert.Equal((3, before.Sent, before.Since), (host.Loop.RouterCount, host.Status(0).Sent, host.Status(0).Since));
        Assert.Equal(table, host.Table.Select(x => x.Prefix.ToString()));

        var deed = host.Reconfigure([.. config.VirtualRouters]);

        Assert.Equal<List<string>>(
            [plan.Added, plan.Removed, plan.Changed, plan.Unchanged, plan.Moves, plan.MayMove],
            [deed.Added, deed.Removed, deed.Changed, deed.Unchanged, deed.Moves, deed.MayMove]);
        Assert.Equal(plan.Settings, deed.Settings);
    }

    [Fact]
    public void A_reload_that_changes_one_router_leaves_phase_and_counters_of_the_others()
    {
        var a = Host.Router("a", 51, addresses: "10.77.0.100/24");
        var b = Host.Router("b", 52, addresses: "10.77.0.101/24");
        var left = new Host(a, b).Started();
        var reloaded = new Host(a, b).Started();
        left.Run(12.3);
        reloaded.Run(12.3);
        reloaded.Reconfigure(a with { Priority = 120 }, b);
        // Far enough that an advertisement phase moved by the reload would show as one more or one less.
        foreach (var seconds in (double[])[0.2, 0.3, 0.3, 0.3])
        {
            left.Run(seconds);
            reloaded.Run(seconds);
            var (one, other) = (left.Status(1), reloaded.Status(1));
            Assert.Equal((one.Sent, one.State, one.Since, one.Transitions), (other.Sent, other.State, other.Since, other.Transitions));
        }

        Assert.True(reloaded.Status(1).Sent > 0);
    }
}
