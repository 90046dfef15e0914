using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Node.Events;
using Vigie.Node.Guarding;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests.Guarding;

/// <summary>What the guardian does about a node that is late, dead, hung or gone for good (docs/decisions/0006-guardian.md).</summary>
public sealed class GuardianTests
{
    private static readonly IpPrefix Vip = IpPrefix.Parse("10.77.0.100/24");

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(1000)]
    public void A_crash_leaves_no_gap_and_no_trace(int interval)
    {
        var host = Active(interval);
        var counted = host.NodeEvents.Count;

        var crashed = host.Now;
        host.Crash();
        host.Run(20 * Ms(interval));

        Assert.True(host.LongestSilence(crashed - Ms(interval)) <= 1.5 * Ms(interval) + Ms(5), $"silent for {host.LongestSilence(crashed - Ms(interval))}");
        Assert.Equal([NodeEventKind.RoleTakenUp], host.NodeEvents.Skip(counted).Where(e => e.Router >= 0).Select(e => e.Kind));
        Assert.Contains(Vip, host.Held);
        Assert.Equal(1, host.Guardian.Restarts);
        Assert.Equal(0, host.Guardian.Kills);
        Assert.DoesNotContain(host.Sent, sent => sent.Priority == 0);
        Assert.Empty(host.GuardianListens);
    }

    [Fact]
    public void A_node_is_well_while_its_heart_beats_and_again_after_it_was_replaced()
    {
        var host = Active(100);
        Assert.True(host.Guardian.IsNodeWell(host.Now));

        host.Crash();
        Assert.False(host.Guardian.IsNodeWell(host.Now));
        host.Run(Ms(300));

        Assert.True(host.Guardian.IsNodeWell(host.Now));
        Assert.False(host.Guardian.IsNodeWell(host.Now + Ms(3000)));
    }

    [Theory]
    [InlineData(10, 3)]
    [InlineData(20, 3)]
    [InlineData(100, 3)]
    [InlineData(100, 9)]
    public void A_node_that_is_late_again_and_again_is_covered_and_leaves_its_role_when_it_has_been_for_long(int interval, int stalled)
    {
        var host = Active(interval);
        var began = host.Now;
        while (host.StateOf() == RouterState.Active)
        {
            Assert.True(host.Now - began < TimeKeeping.Spans * TimeKeeping.Span(Ms(interval)), "it goes on for ever");
            host.Hangs = true;
            host.Run(stalled * Ms(interval));
            host.Hangs = false;
            host.Run(Ms(interval));
        }

        // Fifteen spans, of which the first and the last are not whole. Until then nobody hears that it is late.
        Assert.InRange(host.Now - began, 13 * TimeKeeping.Span(Ms(interval)), 17 * TimeKeeping.Span(Ms(interval)));
        Assert.True(host.Guardian.Covered >= TimeKeeping.LostAt);
        Assert.Equal((0, 0), (host.Guardian.Kills, host.Guardian.Restarts));
        Assert.True(host.LongestSilence(began - Ms(interval)) <= 1.5 * Ms(interval) + Ms(5), $"silent for {host.LongestSilence(began - Ms(interval))}");
        Assert.Equal(new (byte, bool)[] { (0, false) }, host.Sent.Where(sent => sent.Priority == 0).Select(sent => (sent.Priority, sent.ByGuardian)));
        Assert.Contains(Vip, host.Held);
        Assert.Contains(NodeEventKind.TimeLost, host.NodeEvents.Select(e => e.Kind));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(1000)]
    public void A_hang_is_covered_killed_and_leaves_no_trace(int interval)
    {
        var host = Active(interval);

        var hung = host.Now;
        host.Hangs = true;
        host.Run(TimeSpan.FromSeconds(2.5) + 10 * Ms(interval));

        Assert.True(host.LongestSilence(hung - Ms(interval)) <= 1.5 * Ms(interval) + Ms(5), $"silent for {host.LongestSilence(hung - Ms(interval))}");
        Assert.Equal(1, host.Guardian.Kills);
        Assert.Equal(RouterState.Active, host.StateOf());
        Assert.DoesNotContain(host.Sent, sent => sent.Priority == 0);
        Assert.False(host.Guardian.IsCovering);
    }

    [Fact]
    public void A_node_that_is_late_once_is_spoken_for_and_not_killed()
    {
        var host = Active(100);

        var late = host.Now;
        host.Hangs = true;
        host.Run(Ms(170));
        host.Hangs = false;
        host.Run(TimeSpan.FromSeconds(1));

        Assert.Contains(host.Sent, sent => sent.ByGuardian);
        Assert.True(host.LongestSilence(late - Ms(100)) <= Ms(155));
        Assert.Equal(0, host.Guardian.Kills);
        Assert.Equal([GuardianEventKind.CoverBegan, GuardianEventKind.CoverEnded], host.Events.Select(e => e.Kind));
    }

    [Fact]
    public void A_node_that_does_not_come_back_costs_the_role_after_five_seconds()
    {
        var host = Active(100);

        var crashed = host.Now;
        host.NodesFail = true;
        host.Crash();
        host.Run(TimeSpan.FromSeconds(7));

        var will = Assert.Single(host.Sent, sent => sent.Priority == 0);
        Assert.InRange(will.At - crashed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5) + Ms(5));
        Assert.Equal(will, host.Sent[^1]);
        Assert.DoesNotContain(Vip, host.Held);
        var attempts = host.Guardian.Restarts;
        Assert.InRange(attempts, 4, 12); // with back-off

        host.NodesFail = false;
        host.Run(TimeSpan.FromSeconds(10));
        Assert.Equal([RouterState.Backup, RouterState.Active], host.NodeEvents.Where(e => e.Kind == NodeEventKind.StateChanged).TakeLast(2).Select(e => e.State));
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(150, true)] // equal priority, greater address
    [InlineData(100, false)]
    [InlineData(0, false)]
    public void While_covering_only_a_better_active_is_yielded_to(byte priority, bool yields)
    {
        var host = Active(100);
        host.NodesFail = true;
        host.Crash();
        host.Run(Ms(250));

        host.Hear(priority);
        host.Run(Ms(1));

        Assert.Equal(!yields, host.Held.Contains(Vip));
        var spoken = host.Sent.Count;
        host.Run(Ms(500));
        Assert.Equal(!yields, host.Sent.Count > spoken);
        Assert.Equal(yields, host.Events.Any(e => e.Kind == GuardianEventKind.Yielded));
        host.NodesFail = false;
        host.Run(TimeSpan.FromSeconds(2));
        Assert.DoesNotContain(host.Sent, sent => sent.Priority == 0);
    }

    [Fact]
    public void A_lost_link_ends_the_cover()
    {
        var host = Active(100);
        host.NodesFail = true;
        host.Crash();
        host.Run(Ms(250));

        host.LinkRuns = false;
        host.Run(Ms(150));

        Assert.DoesNotContain(Vip, host.Held);
        Assert.Contains(host.Events, e => e.Kind == GuardianEventKind.LinkLost);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Addresses_that_a_short_loss_of_the_link_took_off_are_back_at_the_next_look(bool hangs)
    {
        var host = Active(100);
        host.NodesFail = true;
        if (hangs)
            host.Hangs = true;
        else
            host.Crash();
        host.Run(Ms(170));
        Assert.True(host.Guardian.IsCovering);

        host.LinkChanges += 2; // down and up again, which no look has seen
        host.Held.Remove(Vip);
        host.Run(Ms(21));

        Assert.Contains(Vip, host.Held);
        Assert.DoesNotContain(host.Events, e => e.Kind == GuardianEventKind.LinkLost);
    }

    [Fact]
    public void What_was_seen_of_links_in_one_incident_says_nothing_in_the_next()
    {
        var host = Active(100);
        host.Crash();
        host.Run(TimeSpan.FromSeconds(2));
        var forgotten = host.Forgotten;

        host.Crash();
        host.Run(Ms(20));

        Assert.Equal(forgotten + 1, host.Forgotten);
    }

    [Fact]
    public void An_address_that_the_kernel_refuses_ends_the_cover()
    {
        var host = Active(100);
        host.NodesFail = true;
        host.Crash();
        host.Run(Ms(250));
        Assert.True(host.Guardian.IsCovering);

        host.Refused.Add(Vip);
        host.Run(Ms(30));

        Assert.Contains(host.Events, e => e.Kind == GuardianEventKind.AddressRefused);
        Assert.Equal(0, host.Sent[^1].Priority);
        Assert.DoesNotContain(Vip, host.Held);
    }

    [Fact]
    public void A_guardian_that_slept_lets_a_living_node_speak_for_itself()
    {
        var host = Active(10);

        host.GuardianSleeps = true;
        host.Run(TimeSpan.FromSeconds(3));
        host.GuardianSleeps = false;
        host.Run(TimeSpan.FromSeconds(1));

        Assert.DoesNotContain(host.Sent, sent => sent.ByGuardian);
        Assert.Equal(0, host.Guardian.Kills);
    }

    [Fact]
    public void A_role_that_nobody_spoke_for_too_long_is_given_up_and_not_taken_up()
    {
        var host = Active(100);
        host.GuardianSleeps = true;
        host.Hangs = true;
        host.Run(Ms(800)); // the whole host was paused, and its node died in it
        host.GuardianSleeps = false;
        host.Hangs = false;
        host.Crash();
        host.Run(TimeSpan.FromSeconds(1));

        Assert.Contains(host.Events, e => e.Kind == GuardianEventKind.TooLate);
        Assert.DoesNotContain(host.NodeEvents, e => e.Kind == NodeEventKind.RoleTakenUp);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_a_pause_of_the_host_a_hung_node_is_spoken_for_only_if_nobody_else_speaks(bool somebodySpeaks)
    {
        var host = Active(100);
        host.GuardianSleeps = true;
        host.Hangs = true;
        host.Run(Ms(400));
        host.GuardianSleeps = false;
        host.Run(Ms(70)); // its own lateness first, then it listens
        Assert.DoesNotContain(host.Sent, sent => sent.ByGuardian);

        if (somebodySpeaks)
            host.Hear(priority: 50);
        host.Run(Ms(300));

        Assert.Equal(!somebodySpeaks, host.Sent.Any(sent => sent.ByGuardian));
        Assert.Equal(somebodySpeaks, host.Events.Any(e => e.Kind == GuardianEventKind.Yielded));
        Assert.Equal(!somebodySpeaks, host.Held.Contains(Vip));
    }

    [Fact]
    public void A_backup_is_taken_up_too_with_what_it_had_learned()
    {
        var host = new GuardedHost(Host.Router(priority: 100, intervalMilliseconds: 1000));
        for (var i = 0; i < 50; i++)
        {
            host.Hear(200);
            host.Run(Ms(100));
        }

        host.Crash();
        for (var i = 0; i < 20; i++)
        {
            host.Hear(200);
            host.Run(Ms(100));
        }

        Assert.Empty(host.Sent);
        Assert.Equal(RouterState.Backup, host.StateOf());
        Assert.Contains(host.NodeEvents, e => e.Kind == NodeEventKind.RoleTakenUp);
        Assert.DoesNotContain(Vip, host.Held);
    }

    [Fact]
    public void A_steady_guardian_allocates_nothing()
    {
        var host = new GuardedHost([.. Enumerable.Range(1, 20).Select(i => Host.Router($"r{i}", (byte)i, intervalMilliseconds: 100, addresses: $"10.77.0.{100 + i}/24"))]);
        host.Run(TimeSpan.FromSeconds(5));

        var now = host.Now;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            host.Guardian.Step(now + TimeSpan.FromMicroseconds(i));

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.False(host.Guardian.IsCovering);
    }

    [Fact]
    public void An_ordered_stop_is_not_covered()
    {
        var host = Active(100);
        host.Node!.Shutdown(host.Now);
        var spoken = host.Sent.Count;
        host.Guardian.Stop();
        host.Crash();
        host.Run(TimeSpan.FromSeconds(1));

        Assert.Equal(spoken, host.Sent.Count);
        Assert.Equal(0, host.Sent[^1].Priority);
        Assert.Equal(0, host.Guardian.Restarts);
    }

    [Fact]
    public void A_node_that_dies_while_it_leaves_is_not_spoken_for_and_its_successor_lets_the_addresses_go()
    {
        var host = Active(100);
        host.Node!.Switchover(host.Now, "db");
        host.Run(TimeSpan.FromMilliseconds(200));
        Assert.Contains(Vip, host.Held);
        var spoken = host.Sent.Count;

        host.Crash();
        host.Run(TimeSpan.FromMilliseconds(250));

        Assert.DoesNotContain(Vip, host.Held);
        Assert.Equal(spoken, host.Sent.Count);
        Assert.DoesNotContain(host.Events, e => e.Kind == GuardianEventKind.CoverBegan);
    }

    [Fact]
    public void A_node_that_dies_while_the_daemon_leaves_has_its_addresses_removed_without_another_word()
    {
        var host = Active(100);
        host.Node!.Leave(host.Now);
        host.Run(TimeSpan.FromMilliseconds(200));
        var spoken = host.Sent.Count;
        Assert.Equal(0, host.Sent[^1].Priority);
        Assert.Contains(Vip, host.Held);

        host.Guardian.Stop();
        host.Crash();
        host.Guardian.LeaveForNode(host.Now);

        Assert.DoesNotContain(Vip, host.Held);
        Assert.Equal(spoken, host.Sent.Count);
    }

    private static GuardedHost Active(int interval)
    {
        var host = new GuardedHost(Host.Router(intervalMilliseconds: interval));
        host.Run(TimeSpan.FromSeconds(12) + 5 * Ms(interval));
        Assert.Equal(RouterState.Active, host.StateOf());
        Assert.Contains(Vip, host.Held);
        Assert.DoesNotContain(host.Sent, sent => sent.ByGuardian);
        return host;
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
