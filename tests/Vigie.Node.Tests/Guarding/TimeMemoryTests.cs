using Vigie.Core.Election;
using Vigie.Node.Events;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests.Guarding;

/// <summary>A node process that is started anew has not forgotten how often it was late (docs/decisions/0011-time-that-cannot-be-kept.md).</summary>
public sealed class TimeMemoryTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Late_spans_of_several_processes_are_added_up(int replacements)
    {
        var host = Active();
        var began = host.Now;
        var left = replacements;
        while (!TimeIsLost(host))
        {
            Assert.True(host.Now - began < TimeKeeping.Spans * TimeKeeping.Span(Interval), "it goes on for ever");
            Limp(host);
            if (left > 0 && host.Now - began > (replacements - left + 1) * 3 * TimeKeeping.Span(Interval))
            {
                left--;
                host.Crash();
                host.Run(Interval);
            }
        }

        Assert.Equal((replacements, 0L), (host.Guardian.Restarts, (long)left));
        Assert.Contains(host.NodeEvents, e => e is { Kind: NodeEventKind.StateChanged, Reason: TransitionReason.CannotKeepTime });
    }

    [Fact]
    public void A_process_that_is_in_time_forgets_what_the_one_before_it_was_late_by()
    {
        var host = Active();
        for (var i = 0; i < 30; i++)
            Limp(host);
        Assert.False(TimeIsLost(host));
        host.Crash();
        host.Run(TimeKeeping.Spans * TimeKeeping.Span(Interval));
        for (var i = 0; i < 30; i++)
            Limp(host);

        Assert.False(TimeIsLost(host));
    }

    [Fact]
    public void A_successor_of_one_that_could_not_keep_time_says_so_once_and_is_in_time_again_when_it_is()
    {
        var host = Active();
        while (!TimeIsLost(host))
            Limp(host);
        host.Crash();
        var crashed = host.Now;
        host.Run(TimeSpan.FromSeconds(1));
        Assert.True(host.Node!.RouterCount == 1 && host.NodeEvents.Count(e => e.Kind == NodeEventKind.TimeLost) == 1);
        Assert.DoesNotContain(host.NodeEvents, e => e.Kind == NodeEventKind.TimeKeptAgain);

        host.Run(TimeKeeping.Spans * TimeKeeping.Span(Interval));

        Assert.Contains(host.NodeEvents, e => e.Kind == NodeEventKind.TimeKeptAgain && e.At > crashed);
    }

    private static GuardedHost Active()
    {
        var host = new GuardedHost(Host.Router(intervalMilliseconds: 100));
        host.Run(TimeSpan.FromSeconds(15));
        Assert.Equal(RouterState.Active, host.StateOf());
        return host;
    }

    /// <summary>Stands still for three intervals and runs for one: its guardian covers, and most spans are late.</summary>
    private static void Limp(GuardedHost host)
    {
        host.Hangs = true;
        host.Run(3 * Interval);
        host.Hangs = false;
        host.Run(Interval);
    }

    private static bool TimeIsLost(GuardedHost host) => host.NodeEvents.Any(e => e.Kind == NodeEventKind.TimeLost);
}
