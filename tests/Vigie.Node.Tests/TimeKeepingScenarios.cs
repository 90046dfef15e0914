using Vigie.Core.Election;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>Transcripts of a host that cannot keep time: docs/decisions/0011-time-that-cannot-be-kept.md.</summary>
public class TimeKeepingScenarios
{
    [Fact]
    public void An_active_that_cannot_keep_time_leaves_without_a_gap_and_comes_back_when_it_can()
    {
        var host = new Host(Host.Router(priority: 150)).Started();
        host.Run(4);
        host.Chapter("late by 0.8 s in every span of 2 s");
        for (var i = 0; host.Status().State == RouterState.Active; i++)
        {
            Assert.True(i < TimeKeeping.Spans, "it goes on for ever");
            Limp(host);
        }

        Assert.True(host.Status().TimeLost);
        Assert.Equal(TransitionReason.CannotKeepTime, host.Status().Reason);
        Assert.Equal(TimeKeeping.LostAt, host.Status().Lateness.Late);
        host.Chapter("another host takes over");
        host.Run(0.6);
        host.Hear("10.77.0.2", 100);
        host.Arp("10.77.0.100", Host.PeerMac);
        host.Run(0.9);
        host.Chapter("in time from now on; the hold is over after 30 s, and the time is kept again");
        for (var i = 0; host.Status().State == RouterState.Backup; i++)
        {
            Assert.True(i < 60, "it never comes back");
            host.Hear("10.77.0.2", 100);
            host.Run(1);
        }

        Assert.Equal((RouterState.Active, false), (host.Status().State, host.Status().TimeLost));
        host.Transcript.AssertAsExpected();
    }

    /// <summary>Two seconds, of which it does not run for 1.8: an advertisement is due 0.8 s before the end.</summary>
    private static void Limp(Host host)
    {
        host.Run(0.2);
        host.Sleep(1.8);
        host.Run(0);
    }
}
