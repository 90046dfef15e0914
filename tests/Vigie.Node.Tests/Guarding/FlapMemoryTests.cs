using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Node.Events;
using Vigie.Node.Interfaces;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests.Guarding;

/// <summary>A node process that is started anew has not forgotten how often the role was lost (docs/decisions/0009-address-guarding.md).</summary>
public sealed class FlapMemoryTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_next_process_leaves_a_lower_Active_alone_for_the_rest_of_the_hold(int crashes)
    {
        var host = Flapped(3);
        for (var i = 0; i < crashes; i++)
        {
            var crashed = host.Now;
            host.Crash();
            HearLower(host, TimeSpan.FromSeconds(3));
            Assert.DoesNotContain(host.NodeEvents, e => e.At > crashed && e is { Kind: NodeEventKind.StateChanged, State: RouterState.Active });
            Assert.DoesNotContain(host.NodeEvents, e => e.At > crashed && e.Kind == NodeEventKind.PreemptionHeld);
        }

        // A role that nobody holds is taken at once.
        var silent = host.Now;
        host.Run(TimeSpan.FromSeconds(1));
        Assert.Contains(host.NodeEvents, e => e.At > silent && e is { Kind: NodeEventKind.StateChanged, State: RouterState.Active });
    }

    [Fact]
    public void The_hold_ends_when_it_would_have_ended()
    {
        var host = Flapped(3);
        host.Crash();
        var crashed = host.Now;
        HearLower(host, FlapDamping.FirstHold + TimeSpan.FromSeconds(1));
        var preempted = host.NodeEvents.First(e => e.At > crashed && e is { Kind: NodeEventKind.StateChanged, State: RouterState.Active });
        Assert.Equal(TransitionReason.Preempted, preempted.Reason);
        Assert.InRange(preempted.At - crashed, FlapDamping.FirstHold - TimeSpan.FromSeconds(1), FlapDamping.FirstHold + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Losses_of_two_processes_are_added_up()
    {
        var host = Flapped(2);
        host.Crash();
        host.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(RouterState.Active, host.StateOf());
        Flap(host);
        Assert.Contains(host.NodeEvents, e => e.Kind == NodeEventKind.PreemptionHeld);
    }

    /// <summary>A host that has lost its link so often while it was Active; the link is back, and it has just begun to listen.</summary>
    private static GuardedHost Flapped(int times)
    {
        var host = new GuardedHost(Host.Router(intervalMilliseconds: 100));
        host.Run(TimeSpan.FromSeconds(12));
        for (var i = 0; i < times; i++)
        {
            host.Run(TimeSpan.FromSeconds(1));
            Assert.Equal(RouterState.Active, host.StateOf());
            Flap(host);
        }

        Assert.Equal(times > FlapDamping.Forgiven, host.NodeEvents.Any(e => e.Kind == NodeEventKind.PreemptionHeld));
        return host;
    }

    private static void Flap(GuardedHost host)
    {
        foreach (var runs in (bool[])[false, true])
        {
            host.LinkRuns = runs;
            host.Node!.OnLink(host.Now, new LinkReport(Host.Eth0, "eth0", Host.OwnMac, runs, false));
            host.Run(Interval);
        }
    }

    private static void HearLower(GuardedHost host, TimeSpan lasting)
    {
        for (var end = host.Now + lasting; host.Now < end;)
        {
            host.Hear(50);
            host.Run(Interval);
        }
    }
}
