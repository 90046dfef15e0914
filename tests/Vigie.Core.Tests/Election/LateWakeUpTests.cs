using Vigie.Core.Election;
using Xunit;
using static Vigie.Core.Election.RouterState;

namespace Vigie.Core.Tests.Election;

/// <summary>A host that could not run has not listened either: what a late Backup takes for silence may be its own.</summary>
public sealed class LateWakeUpTests
{
    private static readonly TimeSpan DownInterval = TimeSpan.FromTicks(36_093_750);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1.25);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public void Half_an_interval_late_is_not_late()
    {
        var scene = ElectionScene.Backup().After(DownInterval).After(0.5);

        Assert.Equal("send 100, Active (ActiveSilent), acquire", scene.WakeNow().Effects);
    }

    [Fact]
    public void Later_than_that_grants_an_interval_and_a_quarter()
    {
        var scene = ElectionScene.Backup().After(DownInterval).After(0.5).After(Tick);

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, Grace), scene.WakeNow());
        Assert.Equal("send 100, Active (ActiveSilent), acquire", scene.Wake().Effects);
    }

    [Fact]
    public void The_interval_granted_is_that_of_the_Active()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 200, seconds: 4);

        Assert.Equal(TimeSpan.FromSeconds(5), scene.After(3600).WakeNow().Wait);
    }

    [Fact]
    public void A_host_that_is_always_late_takes_over_all_the_same()
    {
        var scene = ElectionScene.Backup().After(60);
        scene.WakeNow();

        Assert.Equal("send 100, Active (ActiveSilent), acquire", scene.After(60).WakeNow().Effects);
    }

    [Fact]
    public void The_Active_heard_within_the_interval_granted_keeps_its_role()
    {
        var scene = ElectionScene.Backup().After(60);
        scene.WakeNow();

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, DownInterval), scene.After(0.5).Hear(priority: 200));
    }

    [Fact]
    public void A_resignation_heard_within_the_interval_granted_leaves_only_Skew_Time()
    {
        var scene = ElectionScene.Backup().After(60);
        scene.WakeNow();

        Assert.Equal(TimeSpan.FromTicks(6_093_750), scene.After(0.1).Hear(priority: 0).Wait);
    }

    [Fact]
    public void Each_silence_has_its_own_grace()
    {
        var scene = ElectionScene.Backup().After(60);
        scene.WakeNow();
        scene.Hear(priority: 200);

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, Grace), scene.After(60).WakeNow());
    }

    [Fact]
    public void An_Active_that_overslept_sends_one_advertisement_and_not_all_it_missed_and_asks_for_its_addresses_again()
    {
        var scene = ElectionScene.Active().After(60.25);

        Assert.Equal(new Outcome("send 100, acquire", Active, TimeSpan.FromSeconds(1)), scene.WakeNow());
    }

    [Fact]
    public void Two_intervals_late_is_overslept_and_a_tick_less_is_not()
    {
        Assert.Equal("send 100", ElectionScene.Active().After(3).After(-Tick).WakeNow().Effects);
        Assert.Equal("send 100, acquire", ElectionScene.Active().After(3).WakeNow().Effects);
    }

    [Fact]
    public void A_Backup_left_unattended_waits_for_an_interval_and_a_quarter_and_only_once()
    {
        var scene = ElectionScene.Backup().After(DownInterval - Tick);
        scene.Router.OnUnattended(scene.Now, TimeSpan.FromSeconds(1));
        Assert.Equal(Grace, scene.Wait);

        scene.After(0.5);
        scene.Router.OnUnattended(scene.Now, TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(0.75), scene.Wait);
    }

    [Fact]
    public void The_interval_granted_is_that_of_the_slower_family()
    {
        var onlyIPv6 = ElectionScene.Backup(addresses: "2001:db8::100/64").After(DownInterval - Tick);
        onlyIPv6.Router.OnUnattended(onlyIPv6.Now, TimeSpan.FromSeconds(1));
        Assert.Equal(Grace, onlyIPv6.Wait);

        var both = ElectionScene.Backup(addresses: "192.0.2.100/24 2001:db8::100/64");
        both.Hear(priority: 200, seconds: 4, from: ElectionScene.Higher6);
        both.Hear(priority: 200, seconds: 1);
        Assert.Equal(TimeSpan.FromSeconds(5), both.After(3600).WakeNow().Wait);
    }

    [Fact]
    public void An_Active_that_overslept_learns_from_whoever_speaks()
    {
        var scene = ElectionScene.Active().After(60);

        // 3 intervals of the new Active's and 156/256 of one.
        Assert.Equal(TimeSpan.FromTicks(144_375_000), scene.Hear(priority: 200, seconds: 4).Wait);
    }

    [Fact]
    public void To_hear_a_lower_one_two_intervals_late_is_overslept_and_a_tick_less_is_not()
    {
        Assert.Equal(Active, ElectionScene.Active().After(3).After(-Tick).Hear(priority: 50).State);
        Assert.Equal(Backup, ElectionScene.Active().After(3).Hear(priority: 50).State);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    public void An_Active_that_overslept_is_Backup_to_whoever_speaks(byte priority)
    {
        var scene = ElectionScene.Active().After(60);

        var outcome = scene.Hear(priority, from: ElectionScene.Lower);

        Assert.Equal(new Outcome("hush, Backup (Overslept), release", Backup, DownInterval), outcome);
    }

    [Fact]
    public void An_Active_that_overslept_answers_a_resignation_as_Active()
    {
        var scene = ElectionScene.Active().After(60);

        Assert.Equal(new Outcome("send 100", Active, TimeSpan.FromSeconds(1)), scene.Hear(priority: 0));
    }

    [Fact]
    public void An_Active_that_wakes_a_little_late_keeps_the_beat()
    {
        var scene = ElectionScene.Active().After(1.25);

        Assert.Equal(new Outcome("send 100", Active, TimeSpan.FromMilliseconds(750)), scene.WakeNow());
    }
}
