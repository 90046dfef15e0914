using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests.Guarding;

/// <summary>The guardian when something else is going on: another role begins, a board is laid out, the daemon is to end.</summary>
public sealed class GuardianWorstTests
{
    private static readonly IpPrefix Vip = IpPrefix.Parse("10.77.0.100/24");

    [Fact]
    public void A_role_that_began_while_another_was_covered_is_covered_too_when_the_node_dies()
    {
        var host = new GuardedHost(Host.Router(priority: 100, intervalMilliseconds: 100), Host.Router("web", 52, intervalMilliseconds: 100, addresses: "10.77.0.101/24"));
        for (var i = 0; i < 120; i++)
        {
            host.Hear(200);
            host.Run(Ms(100));
        }

        Assert.DoesNotContain(Vip, host.Held);
        host.Hangs = true; // an incident of "web" begins
        host.Run(Ms(170));
        Assert.True(host.Guardian.IsCovering);
        host.GuardianSleeps = true;
        host.Hangs = false;
        host.Run(Ms(600)); // "db" becomes Active, unseen by the guardian
        Assert.Contains(Vip, host.Held);

        var died = host.Now;
        host.NodesFail = true;
        host.Crash();
        host.GuardianSleeps = false;
        host.Run(TimeSpan.FromSeconds(2));

        Assert.True(host.LongestSilenceOf(51, died - Ms(100)) <= Ms(155), $"silent for {host.LongestSilenceOf(51, died)}");
        Assert.Contains(Vip, host.Held);
    }

    [Fact]
    public void A_node_that_lays_out_its_board_while_the_guardian_speaks_is_not_written_over()
    {
        var host = Active(100);
        host.NodesFail = true;
        host.Crash();
        var laid = false;
        host.WhileGuardianSends = () =>
        {
            if (laid)
                return;
            laid = host.Board.TryLay("another"u8, [1024]);
            host.Board.Publish();
        };
        host.Run(Ms(150));

        Assert.True(laid);
        Assert.True(host.Board.TryGet(0, out var first));
        Assert.Equal((Instant.Never, 0L), (first.DueAt, first.Sent));
    }

    [Theory]
    [InlineData(VrrpVersion.V3, "10.77.0.100/24 fd77::100/64", "", null, 2)]
    [InlineData(VrrpVersion.V3, "10.77.0.100/24", "10.77.0.2 10.77.0.3", null, 2)]
    [InlineData(VrrpVersion.V2, "10.77.0.100/24", "", "secret", 1)]
    public void The_guardian_says_byte_for_byte_what_the_node_says(VrrpVersion version, string addresses, string peers, string? password, int destinations)
    {
        var host = new GuardedHost(Host.Router(addresses: addresses, peers: peers, version: version, password: password));
        host.Run(TimeSpan.FromSeconds(12));
        host.NodesFail = true;
        host.Crash();
        host.Run(TimeSpan.FromSeconds(7)); // covers, and gives up with priority 0

        var ofNode = host.Messages.Where(message => message.Key is { ByGuardian: false, Priority: 150 }).ToList();
        Assert.Equal(destinations, ofNode.Count);
        foreach (var ((destination, vrid, priority, _), message) in ofNode)
        {
            Assert.Equal(message, host.Messages[(destination, vrid, priority, true)]);
            Assert.Contains((destination, vrid, (byte)0, true), host.Messages.Keys);
        }
    }

    [Fact]
    public void A_guardian_that_covers_allocates_nothing_from_its_second_word_on()
    {
        var host = Active(100);
        host.Hangs = true;
        host.Run(Ms(270));
        var spoken = host.Guardian.Covered;
        host.Silent = true; // the test's own lists

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 40; i++)
            host.Guardian.Step(host.Now + i * Ms(10));

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(host.Guardian.Covered - spoken, 3, 40);
    }

    [Fact]
    public void A_node_that_is_killed_again_and_again_while_its_host_is_drained_does_not_bring_the_role_back()
    {
        var host = Active(100);
        host.Drained = true;
        host.Tell(node => node.Drain(host.Now, drained: true));
        for (var i = 0; i < 10; i++)
        {
            host.Run(Ms(37));
            host.Crash();
        }

        host.Run(TimeSpan.FromSeconds(6));

        Assert.DoesNotContain(Vip, host.Held);
        Assert.DoesNotContain(host.Sent, sent => sent.ByGuardian);
        Assert.Equal(0, host.Sent[^1].Priority);
    }

    [Fact]
    public void A_node_that_hangs_when_it_is_told_to_leave_is_not_waited_for()
    {
        var host = Active(100);
        host.Hangs = true;
        host.Guardian.Stop();
        host.Run(Ms(90));
        Assert.False(host.Guardian.HangsWhileLeaving(host.Now));
        host.Run(Ms(170)); // less than an interval and a half before the others take over
        Assert.True(host.Guardian.HangsWhileLeaving(host.Now));

        host.Guardian.LeaveForNode(host.Now);
        Assert.Equal(0, host.Sent[^1].Priority);
        Assert.DoesNotContain(Vip, host.Held);
    }

    [Fact]
    public void A_node_that_has_resigned_may_take_its_time_with_the_rest()
    {
        var host = Active(100);
        host.Node!.Shutdown(host.Now);
        host.Hangs = true;
        host.Guardian.Stop();
        host.Run(TimeSpan.FromSeconds(3));

        Assert.False(host.Guardian.HangsWhileLeaving(host.Now));
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
