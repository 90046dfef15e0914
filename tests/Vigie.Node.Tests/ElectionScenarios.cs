using Vigie.Core.Configuration;
using Vigie.Core.Wire;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>Transcripts of how a host comes to own the virtual addresses and how it lets go (RFC 9568 6.4).</summary>
public class ElectionScenarios
{
    [Fact]
    public void A_host_alone_becomes_active_advertises_adds_the_addresses_and_announces_them_in_this_order()
    {
        var host = new Host(Host.Router(addresses: "10.77.0.100/24 fd77::100/64")).Started();
        host.Run(5);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_backup_stays_one_while_it_hears_the_active_and_follows_when_it_falls_silent()
    {
        var host = new Host(Host.Router(priority: 100)).Started();
        host.Chapter("the active is heard every second");
        for (var i = 0; i < 5; i++)
        {
            host.Hear("10.77.0.2", 200);
            host.Run(1);
        }

        host.Chapter("it falls silent: 3 intervals + 156/256 of one after its last word");
        host.Run(3);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Priority_zero_leaves_only_the_skew_time_to_wait()
    {
        var host = new Host(Host.Router(priority: 100)).Started();
        host.Hear("10.77.0.2", 200);
        host.Run(0.5);
        host.Hear("10.77.0.2", 0);
        host.Run(1);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void An_active_answers_priority_zero_with_an_advertisement()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(4);
        host.Chapter("somebody else leaves");
        host.Hear("10.77.0.2", 0);
        host.Run(1.5);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_backup_of_higher_priority_preempts_after_its_active_down_interval()
    {
        var host = new Host(Host.Router(priority: 150)).Started();
        for (var i = 0; i < 4; i++)
        {
            host.Hear("10.77.0.2", 100);
            host.Run(1);
        }

        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Without_preemption_a_backup_of_higher_priority_follows()
    {
        var host = new Host(Host.Router(priority: 150, preempt: PreemptConfig.Never)).Started();
        for (var i = 0; i < 8; i++)
        {
            host.Hear("10.77.0.2", 100);
            host.Run(1);
        }

        host.Chapter("and takes over only when nobody is left");
        host.Run(4);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Delayed_preemption_waits_its_time_and_then_the_active_down_interval()
    {
        var host = new Host(Host.Router(priority: 150, preempt: PreemptConfig.Delayed(TimeSpan.FromSeconds(5)))).Started();
        for (var i = 0; i < 9; i++)
        {
            host.Hear("10.77.0.2", 100);
            host.Run(1);
        }

        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void An_active_yields_to_a_higher_priority_and_removes_its_addresses()
    {
        var host = new Host(Host.Router(priority: 100)).Started();
        host.Run(4);
        host.Chapter("a better one comes");
        host.Hear("10.77.0.2", 101);
        host.Run(1);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Equal_priorities_are_decided_by_the_greater_address()
    {
        var host = new Host(Host.Router(priority: 100)).Started();
        host.Run(4);
        host.Chapter("a lower address: ours is asserted");
        host.Hear("10.77.0.0", 100);
        host.Chapter("a greater address: ours yields");
        host.Hear("10.77.0.2", 100);
        host.Run(1);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void The_tie_of_a_pair_is_decided_by_IPv4_while_it_is_heard()
    {
        var host = new Host(Host.Router(priority: 100, addresses: "10.77.0.100/24 fd77::100/64")).Started();
        host.Run(4);
        host.Chapter("IPv4 says we win, IPv6 says we lose: we win");
        host.Hear("10.77.0.0", 100);
        host.Hear("fe80::2", 100, addresses: "fd77::100");
        host.Run(4);
        host.Chapter("IPv4 was not heard for long: IPv6 decides");
        host.Hear("fe80::2", 100, addresses: "fd77::100");
        host.Run(1);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_pair_takes_over_only_when_both_families_are_silent()
    {
        var host = new Host(Host.Router(priority: 100, addresses: "10.77.0.100/24 fd77::100/64")).Started();
        for (var i = 0; i < 4; i++)
        {
            host.Hear("10.77.0.2", 200);
            host.Hear("fe80::2", 200, addresses: "fd77::100");
            host.Run(1);
        }

        host.Chapter("IPv4 falls silent alone");
        for (var i = 0; i < 4; i++)
        {
            host.Hear("fe80::2", 200, addresses: "fd77::100");
            host.Run(1);
        }

        host.Chapter("now IPv6 too");
        host.Run(3);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_backup_learns_the_interval_of_the_active()
    {
        var host = new Host(Host.Router(priority: 100, intervalMilliseconds: 100)).Started();
        host.Hear("10.77.0.2", 200, intervalMilliseconds: 500);
        host.Run(2);
        host.Chapter("far above ours: believed when said three times");
        host.Hear("10.77.0.2", 200, intervalMilliseconds: 20_000);
        host.Run(3);
        host.Hear("10.77.0.2", 200, intervalMilliseconds: 20_000);
        host.Run(3);
        host.Hear("10.77.0.2", 200, intervalMilliseconds: 20_000);
        host.Run(71);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_backup_that_was_itself_late_listens_for_an_interval_and_a_quarter()
    {
        var host = new Host(Host.Router(priority: 100)).Started();
        host.Hear("10.77.0.2", 200);
        host.Run(1);
        host.Sleep(10);
        host.Chapter("awake again");
        host.Run(0.9);
        host.Hear("10.77.0.2", 200);
        host.Run(1);
        host.Chapter("and once more, with nobody there");
        host.Sleep(10);
        host.Run(2);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void An_active_that_was_paused_past_its_peers_patience_yields_to_whoever_took_over()
    {
        var host = new Host(Host.Router(priority: 200)).Started();
        host.Run(4);
        host.Sleep(10);
        host.Chapter("its mail is read first: a peer of lower priority took over");
        host.Hear("10.77.0.2", 100);
        host.Run(0.5);
        host.Hear("10.77.0.2", 100);
        host.Run(5);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void An_active_that_was_paused_goes_on_when_nobody_took_over()
    {
        var host = new Host(Host.Router(priority: 200)).Started();
        host.Run(4);
        host.Sleep(10);
        host.Run(2);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_shutdown_resigns_with_priority_zero_and_then_removes_the_addresses()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(4);
        host.Chapter("shutdown");
        host.Shutdown();
        host.Run(5);
        Assert.Empty(host.Table);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_backup_shuts_down_without_a_word()
    {
        var host = new Host(Host.Router(priority: 100)).Started();
        host.Hear("10.77.0.2", 200);
        host.Run(0.5);
        host.Chapter("shutdown");
        host.Shutdown();
        host.Run(5);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void The_address_owner_begins_as_active_and_its_own_address_is_neither_added_nor_removed()
    {
        var host = new Host(Host.Router(priority: 255));
        host.Link();
        host.Address("10.77.0.100/24");
        host.Start();
        host.Run(1.5);
        host.Chapter("others are not listened to; another owner is reported");
        host.Hear("10.77.0.2", 200);
        host.Hear("10.77.0.2", 255);
        host.Hear("10.77.0.2", 255);
        host.Chapter("shutdown");
        host.Shutdown();
        host.Run(1);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Version_2_advertises_in_whole_seconds_with_its_password()
    {
        var host = new Host(Host.Router(version: VrrpVersion.V2, password: "secret")).Started();
        host.Run(4);
        host.Transcript.AssertAsExpected();
    }
}
