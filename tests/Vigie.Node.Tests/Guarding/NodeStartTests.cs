using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Node.Guarding;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests.Guarding;

/// <summary>What the guardian does when there is no process to be had for another node.</summary>
public sealed class NodeStartTests
{
    private static readonly IpPrefix Vip = IpPrefix.Parse("10.77.0.100/24");

    [Fact]
    public void A_node_that_cannot_be_started_is_tried_again_less_and_less_often_and_has_its_roles_when_it_can()
    {
        var host = Active();
        host.Run(TimeSpan.FromSeconds(10));
        host.StartsFail = true;
        var crashed = host.Now;
        host.Crash();
        host.Run(Ms(1000));

        // At once, and 100, 200, 400 ms after a failure; a start takes 30 ms.
        Assert.Equal(4, host.Events.Count(e => e.Kind == GuardianEventKind.StartFailed));
        host.StartsFail = false;
        host.Run(Ms(2000));

        Assert.True(host.LongestSilence(crashed - Ms(100)) <= 1.5 * Ms(100) + Ms(5), $"silent for {host.LongestSilence(crashed - Ms(100))}");
        Assert.Equal(RouterState.Active, host.StateOf());
        Assert.DoesNotContain(host.Sent, sent => sent.Priority == 0);
        Assert.False(host.Guardian.IsCovering);
    }

    [Fact]
    public void A_node_that_cannot_be_started_for_an_hour_is_told_of_every_five_seconds_and_no_more()
    {
        var host = Active();
        host.StartsFail = true;
        host.Crash();
        host.Run(TimeSpan.FromHours(1));

        Assert.Equal(1, host.Events.Count(e => e.Kind == GuardianEventKind.LastWill));
        Assert.InRange(host.Events.Count(e => e.Kind == GuardianEventKind.StartFailed), 3600 / 6, 3600 / 5 + 10);
        Assert.DoesNotContain(Vip, host.Held);
    }

    private static GuardedHost Active()
    {
        var host = new GuardedHost(Host.Router(intervalMilliseconds: 100));
        host.Run(TimeSpan.FromSeconds(12));
        Assert.Equal(RouterState.Active, host.StateOf());
        return host;
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
