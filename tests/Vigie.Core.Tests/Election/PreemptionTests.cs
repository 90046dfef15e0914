using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Xunit;
using static Vigie.Core.Election.RouterState;

namespace Vigie.Core.Tests.Election;

/// <summary>Taking the role from a working Active of lower priority: at once, never, or after a while.</summary>
public sealed class PreemptionTests
{
    private static readonly TimeSpan DownInterval = TimeSpan.FromTicks(36_093_750);
    private static readonly PreemptConfig AfterTenSeconds = PreemptConfig.Delayed(TimeSpan.FromSeconds(10));

    [Fact]
    public void Preemption_happens_when_the_timer_runs_out_under_a_lower_Active()
    {
        var scene = ElectionScene.Backup();
        for (var i = 0; i < 3; i++)
            scene.After(1).Hear(priority: 99);

        Assert.Equal(new Outcome("send 100, Active (Preempted), acquire", Active, TimeSpan.FromSeconds(1)), scene.Wake());
    }

    [Fact]
    public void Without_preemption_a_lower_Active_is_followed_for_ever()
    {
        var scene = ElectionScene.Backup(preempt: PreemptConfig.Never);
        for (var i = 0; i < 100; i++)
            Assert.Equal(new Outcome(Outcome.Nothing, Backup, DownInterval), scene.After(1).Hear(priority: 1));
    }

    [Fact]
    public void Without_preemption_a_silent_Active_is_replaced_all_the_same()
    {
        var scene = ElectionScene.Backup(preempt: PreemptConfig.Never);
        scene.Hear(priority: 1);

        Assert.Equal("send 100, Active (ActiveSilent), acquire", scene.Wake().Effects);
    }

    [Fact]
    public void Delayed_preemption_follows_the_lower_Active_until_the_delay_is_over_and_then_lets_the_timer_run()
    {
        var scene = ElectionScene.Backup(preempt: AfterTenSeconds);
        for (var i = 0; i < 10; i++)
            Assert.Equal(DownInterval, scene.After(1).Hear(priority: 99).Wait); // 0 s to 9 s after it was first heard

        Assert.Equal(DownInterval - TimeSpan.FromSeconds(1), scene.After(1).Hear(priority: 99).Wait);
        Assert.Equal("send 100, Active (Preempted), acquire", scene.Wake().Effects);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200)]
    [InlineData(0)]
    public void A_better_Active_or_a_resignation_starts_the_delay_anew(byte priority)
    {
        var scene = ElectionScene.Backup(preempt: AfterTenSeconds);
        scene.Hear(priority: 99);
        scene.After(9).Hear(priority);

        Assert.Equal(DownInterval, scene.After(0.1).Hear(priority: 99).Wait);
        Assert.Equal(DownInterval, scene.After(9.9).Hear(priority: 99).Wait);
        Assert.Equal(DownInterval - TimeSpan.FromSeconds(0.1), scene.After(0.1).Hear(priority: 99).Wait);
    }

    [Fact]
    public void The_delay_starts_anew_in_every_stay_as_Backup()
    {
        var scene = ElectionScene.Backup(preempt: AfterTenSeconds);
        scene.Hear(priority: 99);
        scene.LoseInterface(TransitionReason.InterfaceDown);
        scene.After(60).Start();

        Assert.Equal(DownInterval, scene.After(1).Hear(priority: 99).Wait);
    }

    [Fact]
    public void A_lower_Active_that_was_displaced_by_another_was_not_preempted_by_us()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 99);
        scene.Hear(priority: 200);

        Assert.Equal("send 100, Active (ActiveSilent), acquire", scene.Wake().Effects);
    }

    [Fact]
    public void Who_takes_over_after_a_resignation_says_so()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 200);
        scene.Hear(priority: 0);

        Assert.Equal("send 100, Active (ActiveResigned), acquire", scene.Wake().Effects);
    }

    [Fact]
    public void A_greater_Active_heard_after_a_resignation_ends_the_short_wait()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 0);

        Assert.Equal(DownInterval, scene.Hear(priority: 150).Wait);
        Assert.Equal("send 100, Active (ActiveSilent), acquire", scene.Wake().Effects);
    }
}
