using Vigie.Core.Net;
using Xunit;

namespace Vigie.Core.Tests.Election;

/// <summary>
/// How a Backup learns the interval of the Active: at once, but never much longer than its own before the same sender has
/// said it three times, so that one stray packet cannot silence a cluster.
/// </summary>
public sealed class LearnedIntervalTests
{
    [Theory]
    [InlineData(1, 0.01, 0.01)] // shorter: at once
    [InlineData(1, 10, 10)] // ten times ours: at once
    [InlineData(1, 10.01, 10)] // more: ten times ours
    [InlineData(1, 40.95, 10)]
    [InlineData(0.01, 1, 1)] // never limited below a second
    [InlineData(0.01, 1.01, 1)]
    [InlineData(0.2, 40.95, 2)]
    public void An_unknown_sender_is_believed_up_to_ten_times_our_interval_and_at_least_a_second(double ours, double said, double learned)
    {
        var scene = ElectionScene.Backup(seconds: ours);

        scene.Hear(priority: 200, seconds: said);

        Assert.Equal(TimeSpan.FromSeconds(learned), Learned(scene));
    }

    [Fact]
    public void A_long_interval_is_believed_once_the_same_sender_has_said_it_three_times()
    {
        var scene = ElectionScene.Backup();
        foreach (var learned in new[] { 10, 10, 40, 40 })
        {
            scene.Hear(priority: 200, seconds: 40);
            Assert.Equal(TimeSpan.FromSeconds(learned), Learned(scene));
        }
    }

    [Fact]
    public void Another_sender_or_another_interval_begins_the_count_anew()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 200, seconds: 40);
        scene.Hear(priority: 200, seconds: 40);
        scene.Hear(priority: 200, seconds: 40, from: ElectionScene.Lower);
        Assert.Equal(TimeSpan.FromSeconds(10), Learned(scene));
        scene.Hear(priority: 200, seconds: 40);
        scene.Hear(priority: 200, seconds: 30);
        scene.Hear(priority: 200, seconds: 40);
        Assert.Equal(TimeSpan.FromSeconds(10), Learned(scene));
    }

    [Fact]
    public void What_an_Active_hears_counts_towards_knowing_the_sender()
    {
        var scene = ElectionScene.Active();
        scene.Hear(priority: 50, seconds: 40);
        scene.Hear(priority: 50, seconds: 40);

        scene.Hear(priority: 200, seconds: 40);

        Assert.Equal(TimeSpan.FromSeconds(40), Learned(scene));
    }

    [Fact]
    public void One_stray_packet_delays_a_takeover_by_thirty_of_our_intervals_at_most()
    {
        var scene = ElectionScene.Backup(priority: 255 - 1, seconds: 1);

        var wait = scene.Hear(priority: 254, seconds: 40.95).Wait;

        Assert.Equal(TimeSpan.FromSeconds(30) + TimeSpan.FromSeconds(10) * 2 / 256, wait);
    }

    private static TimeSpan Learned(ElectionScene scene) => scene.Router.ActiveAdverInterval(IpFamily.IPv4);
}
