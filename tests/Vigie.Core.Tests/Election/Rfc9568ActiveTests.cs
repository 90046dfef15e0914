using Vigie.Core.Election;
using Vigie.Core.Net;
using Xunit;
using static Vigie.Core.Election.RouterState;

namespace Vigie.Core.Tests.Election;

/// <summary>RFC 9568 6.4.3, the Active state: a test per clause that lies with the machine.</summary>
public sealed class Rfc9568ActiveTests
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    /// <summary>Active_Down_Interval of priority 100 at 1 s.</summary>
    private static readonly TimeSpan DownInterval = TimeSpan.FromTicks(36_093_750);

    [Fact]
    public void Shutdown_cancels_the_Adver_Timer_sends_priority_0_and_releases_the_addresses()
    {
        var scene = ElectionScene.Active();

        Assert.Equal(new Outcome("send 0, hush, Initialize (Shutdown), release", Initialize, null), scene.Shutdown());
    }

    [Fact]
    public void The_Adver_Timer_sends_an_advertisement_and_starts_again()
    {
        var scene = ElectionScene.Active(seconds: 0.01);

        Assert.Equal(new Outcome("send 100", Active, TimeSpan.FromMilliseconds(10)), scene.Wake());
        Assert.Equal(new Outcome("send 100", Active, TimeSpan.FromMilliseconds(10)), scene.Wake());
    }

    [Fact]
    public void A_tick_before_the_Adver_Timer_nothing_is_sent()
    {
        var scene = ElectionScene.Active();

        var outcome = scene.After(OneSecond - TimeSpan.FromTicks(1)).WakeNow();

        Assert.Equal(new Outcome(Outcome.Nothing, Active, TimeSpan.FromTicks(1)), outcome);
    }

    [Fact]
    public void Priority_0_is_answered_with_an_advertisement_and_restarts_the_Adver_Timer()
    {
        var scene = ElectionScene.Active();

        Assert.Equal(new Outcome("send 100", Active, OneSecond), scene.After(0.7).Hear(priority: 0));
    }

    [Fact]
    public void A_greater_priority_makes_a_Backup_that_says_a_last_word_and_releases_its_addresses()
    {
        var scene = ElectionScene.Active();

        var outcome = scene.Hear(priority: 101, from: ElectionScene.Lower);

        Assert.Equal(new Outcome("send 100, hush, Backup (HigherPriority), mute IPv4", Backup, VirtualRouter.LongestAnnouncing), outcome);
        Assert.Equal(new Outcome("close, release", Backup, DownInterval - VirtualRouter.LongestAnnouncing), scene.Wake());
    }

    [Fact]
    public void An_equal_priority_from_a_greater_address_makes_a_Backup()
    {
        var scene = ElectionScene.Active();

        var outcome = scene.Hear(priority: 100, from: ElectionScene.Higher);

        Assert.Equal(new Outcome("send 100, hush, Backup (TieLost), mute IPv4", Backup, VirtualRouter.LongestAnnouncing), outcome);
        Assert.Equal(new Outcome("close, release", Backup, DownInterval - VirtualRouter.LongestAnnouncing), scene.Wake());
    }

    [Fact]
    public void Addresses_are_compared_as_unsigned_numbers()
    {
        // As signed bytes or a signed word, 192.0.2.10 would be the lesser.
        var scene = ElectionScene.Active();

        Assert.Equal(Active, scene.Hear(priority: 100, from: IpAddress.Parse("10.0.0.200")).State);
        Assert.Equal(Backup, scene.Hear(priority: 100, from: IpAddress.Parse("192.0.128.1")).State);
    }

    [Fact]
    public void The_interval_of_the_router_that_displaced_us_is_learned()
    {
        var scene = ElectionScene.Active();

        Assert.Equal(TimeSpan.FromTicks(9_023_437), scene.Hear(priority: 101, seconds: 0.25).Wait);
        Assert.Equal(TimeSpan.FromMilliseconds(250), scene.Router.ActiveAdverInterval(IpFamily.IPv4));
    }

    [Fact]
    public void A_lesser_priority_is_discarded_and_our_role_asserted_at_once_beside_the_Adver_Timer()
    {
        var scene = ElectionScene.Active();

        var outcome = scene.After(0.3).Hear(priority: 99, seconds: 0.01);

        Assert.Equal(new Outcome("send 100, announce", Active, TimeSpan.FromMilliseconds(700)), outcome);
    }

    [Fact]
    public void An_equal_priority_from_a_lesser_or_the_very_same_address_is_discarded_and_our_role_asserted()
    {
        foreach (var sender in new[] { ElectionScene.Lower, ElectionScene.Ours })
            Assert.Equal(
                new Outcome("send 100, announce", Active, TimeSpan.FromMilliseconds(700)),
                ElectionScene.Active().After(0.3).Hear(priority: 100, from: sender));
    }

    [Fact]
    public void Answers_to_others_are_a_quarter_of_an_interval_apart_and_leave_the_Adver_Timer_alone_when_left_out()
    {
        var scene = ElectionScene.Active();
        scene.Hear(priority: 99);
        scene.After(TimeSpan.FromMilliseconds(250) - TimeSpan.FromTicks(1));

        Assert.Equal("announce", scene.Hear(priority: 99).Effects);
        Assert.Equal(
            new Outcome(Outcome.Nothing, Active, TimeSpan.FromMilliseconds(750) + TimeSpan.FromTicks(1)), scene.Hear(priority: 0));
        scene.After(TimeSpan.FromTicks(1));
        Assert.Equal(new Outcome("send 100", Active, OneSecond), scene.Hear(priority: 0));
    }

    [Fact]
    public void Of_two_address_owners_the_one_with_the_lesser_address_yields()
    {
        // Erratum 8298: an owner that did not listen would stay Active beside the other for ever.
        var scene = ElectionScene.Active(priority: 255);

        Assert.Equal("send 255, hush, Backup (TieLost), mute IPv4", scene.Hear(priority: 255, from: ElectionScene.Higher).Effects);
    }
}
