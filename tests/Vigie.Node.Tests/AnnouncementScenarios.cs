using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>Transcripts of how neighbours are taught: bursts, refreshes, and many addresses at once.</summary>
public class AnnouncementScenarios
{
    [Fact]
    public void Announcements_come_in_three_bursts_and_then_every_half_minute()
    {
        var host = new Host(Host.Router(intervalMilliseconds: 40_000)).Started();
        host.Run(300);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_thousand_addresses_get_their_first_frames_before_any_gets_its_second()
    {
        var routers = Enumerable.Range(1, 8).Select(r => Host.Router(
            $"r{r}", (byte)r, intervalMilliseconds: 1000,
            addresses: string.Join(' ', Enumerable.Range(1, 125).Select(a => $"10.77.{r}.{a}/16")))).ToArray();
        var host = new Host(routers);
        host.Link();
        host.Address("10.77.0.1/16");
        host.Start();
        host.Run(3.4);
        var asked = host.FramesSent;
        Assert.Equal(3000, asked); // three times whether anybody else holds it
        host.Run(0.02);
        Assert.Equal(2000, host.FramesSent - asked);
        host.Chapter("the second round");
        host.Run(0.01);
        Assert.Equal(4000, host.FramesSent - asked);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_router_that_forwards_IPv6_says_so()
    {
        var host = new Host(Host.Router(addresses: "fd77::100/64"));
        host.Link(forwards: true);
        host.Address("fe80::1/64");
        host.Start();
        host.Run(3.45);
        host.Transcript.AssertAsExpected();
    }
}
