using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Xunit;
using static Vigie.Core.Election.RouterState;

namespace Vigie.Core.Tests.Election;

/// <summary>
/// An Active that yields says one last word. Whoever hears it must not take it for the Active.
/// </summary>
public sealed class LastWordTests
{
    /// <summary>Active_Down_Interval of priority 100 at 1 s.</summary>
    private static readonly TimeSpan DownInterval = TimeSpan.FromTicks(36_093_750);

    [Theory]
    [InlineData(100, 150)] // the one that yields is better than we are
    [InlineData(100, 100)]
    [InlineData(180, 150)] // and when it is not
    public void A_yielding_Active_s_last_word_does_not_hide_the_resignation_of_the_one_it_yields_to(byte ours, byte yielder)
    {
        var scene = ElectionScene.Backup(priority: ours);
        scene.Hear(priority: yielder, from: ElectionScene.Lower);
        scene.After(0.3).Hear(priority: 200, from: ElectionScene.Higher);
        scene.After(0.001).Hear(priority: yielder, from: ElectionScene.Lower);
        Assert.Equal((ElectionScene.Higher, 200), (scene.Router.ActiveSource(IpFamily.IPv4), scene.Router.ActivePriority(IpFamily.IPv4)));

        var skew = ElectionTimers.SkewTime(VrrpVersion.V3, ours, TimeSpan.FromSeconds(1));
        Assert.Equal(new Outcome(Outcome.Nothing, Backup, skew), scene.After(0.5).Hear(priority: 0, from: ElectionScene.Higher));
    }

    [Fact]
    public void A_lesser_Active_is_followed_when_the_better_one_has_been_silent_for_an_interval()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 150, from: ElectionScene.Lower);
        scene.Hear(priority: 200, from: ElectionScene.Higher);
        scene.After(0.9).Hear(priority: 150, from: ElectionScene.Lower);
        Assert.Equal(ElectionScene.Higher, scene.Router.ActiveSource(IpFamily.IPv4));

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, DownInterval), scene.After(0.1).Hear(priority: 150, from: ElectionScene.Lower));
        Assert.Equal(ElectionScene.Lower, scene.Router.ActiveSource(IpFamily.IPv4));
    }

    [Fact]
    public void A_better_Active_is_followed_at_once_and_so_is_one_that_has_lowered_its_own_priority()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 150, from: ElectionScene.Lower);
        scene.Hear(priority: 200, from: ElectionScene.Higher);
        Assert.Equal((ElectionScene.Higher, 200), (scene.Router.ActiveSource(IpFamily.IPv4), scene.Router.ActivePriority(IpFamily.IPv4)));
        scene.Hear(priority: 120, from: ElectionScene.Higher);
        Assert.Equal((ElectionScene.Higher, 120), (scene.Router.ActiveSource(IpFamily.IPv4), scene.Router.ActivePriority(IpFamily.IPv4)));
    }

    [Fact]
    public void Of_two_equal_Actives_the_one_with_the_lower_address_is_about_to_yield()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 200, from: ElectionScene.Lower);
        scene.Hear(priority: 200, from: ElectionScene.Higher);
        scene.Hear(priority: 200, from: ElectionScene.Lower);
        Assert.Equal(ElectionScene.Higher, scene.Router.ActiveSource(IpFamily.IPv4));
        scene = ElectionScene.Backup();
        scene.Hear(priority: 200, from: ElectionScene.Higher);
        scene.Hear(priority: 200, from: ElectionScene.Lower);
        scene.Hear(priority: 200, from: ElectionScene.Higher);
        Assert.Equal(ElectionScene.Higher, scene.Router.ActiveSource(IpFamily.IPv4));
    }

    [Fact]
    public void The_word_of_one_who_is_about_to_yield_begins_the_wait_anew_when_it_is_not_worse_than_we_are()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 100, from: ElectionScene.Lower);
        scene.Hear(priority: 200, from: ElectionScene.Higher);

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, DownInterval), scene.After(0.5).Hear(priority: 100, from: ElectionScene.Lower));
        Assert.Equal(DownInterval - TimeSpan.FromSeconds(0.25), scene.After(0.25).Hear(priority: 99, from: ElectionScene.Lower).Wait);
    }

    [Fact]
    public void A_successor_that_was_not_the_Active_before_is_followed_at_once()
    {
        // Its predecessor's resignation is under way, and will say nothing of it.
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 200, from: ElectionScene.Higher);
        scene.After(0.5).Hear(priority: 150, from: ElectionScene.Lower);
        Assert.Equal(ElectionScene.Lower, scene.Router.ActiveSource(IpFamily.IPv4));

        Assert.Equal(DownInterval, scene.Hear(priority: 0, from: ElectionScene.Higher).Wait);
    }

    [Fact]
    public void So_is_one_that_was_the_Active_two_intervals_ago()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 150, from: ElectionScene.Lower);
        scene.Hear(priority: 200, from: ElectionScene.Higher);
        scene.After(1.5).Hear(priority: 200, from: ElectionScene.Higher);
        scene.After(0.5).Hear(priority: 150, from: ElectionScene.Lower);

        Assert.Equal(ElectionScene.Lower, scene.Router.ActiveSource(IpFamily.IPv4));
    }
}
