using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Xunit;
using static Vigie.Core.Election.RouterState;

namespace Vigie.Core.Tests.Election;

/// <summary>Other settings for a running router, in each state.</summary>
public sealed class ReconfigurationTests
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    [Fact]
    public void An_Active_says_its_new_priority_and_holds_its_new_addresses_at_once()
    {
        var scene = ElectionScene.Active();

        var outcome = scene.After(0.6).Reconfigure(ElectionScene.Config(priority: 120, seconds: 2));

        Assert.Equal(new Outcome("send 120, acquire", Active, TimeSpan.FromSeconds(2)), outcome);
    }

    [Fact]
    public void A_Backup_of_another_priority_waits_as_long_as_if_it_had_had_it_from_the_start()
    {
        var scene = ElectionScene.Backup();

        var outcome = scene.After(2).Reconfigure(ElectionScene.Config(priority: 200));

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, OneSecond + (OneSecond * 56 / 256)), outcome);
    }

    [Theory]
    [InlineData(100, false)]
    [InlineData(99, false)]
    [InlineData(101, true)]
    public void An_Active_that_was_to_be_preempted_is_waited_for_when_ours_is_not_higher_any_more(byte priority, bool preempts)
    {
        var scene = ElectionScene.Backup(priority: 150);
        scene.After(1).Hear(priority: 100);
        scene.After(1).Hear(priority: 100);
        scene.After(0.25);

        var outcome = scene.Reconfigure(ElectionScene.Config(priority: priority));

        // Active_Down_Interval from the Active's last word, or what is left of that from the beginning.
        var skew = ElectionTimers.SkewTime(VrrpVersion.V3, priority, OneSecond);
        Assert.Equal(TimeSpan.FromSeconds(preempts ? 0.75 : 2.75) + skew, outcome.Wait);
    }

    [Fact]
    public void No_number_of_reloads_delays_a_takeover()
    {
        var scene = ElectionScene.Backup();
        for (var i = 0; i < 3; i++)
            scene.After(1).Reconfigure(ElectionScene.Config(priority: (byte)(101 + i)));

        Assert.Equal("send 103, Active (ActiveSilent), acquire", scene.Wake().Effects);
        Assert.Equal(TimeSpan.FromSeconds(3) + (OneSecond * 153 / 256), scene.Now - ElectionScene.Backup().Now);
    }

    [Fact]
    public void A_Backup_with_a_shorter_interval_goes_on_waiting_at_the_interval_of_its_Active()
    {
        // The first host of a rolling change from 1 s to 100 ms must not take the role from the others.
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 200, seconds: 1);

        var outcome = scene.After(0.5).Reconfigure(ElectionScene.Config(seconds: 0.1));

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, TimeSpan.FromTicks(36_093_750) - (OneSecond / 2)), outcome);
    }

    [Fact]
    public void A_Backup_that_has_heard_nobody_waits_at_its_new_interval()
    {
        var scene = ElectionScene.Backup();

        var outcome = scene.Reconfigure(ElectionScene.Config(seconds: 0.1));

        Assert.Equal(TimeSpan.FromTicks(3_609_375), outcome.Wait);
        Assert.Equal(TimeSpan.FromMilliseconds(100), scene.Router.ActiveAdverInterval(IpFamily.IPv4));
    }

    [Fact]
    public void What_was_learned_before_the_interface_went_does_not_count_any_more()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 200, seconds: 1);
        scene.LoseInterface(TransitionReason.InterfaceDown);
        scene.Start();

        Assert.Equal(TimeSpan.FromTicks(3_609_375), scene.Reconfigure(ElectionScene.Config(seconds: 0.1)).Wait);
    }

    [Fact]
    public void A_version_2_Backup_waits_at_its_new_interval_whoever_it_has_heard()
    {
        var scene = ElectionScene.Backup(version: VrrpVersion.V2);
        scene.Hear(priority: 200, seconds: 1);

        var outcome = scene.Reconfigure(ElectionScene.Config(seconds: 5, version: VrrpVersion.V2));

        Assert.Equal(TimeSpan.FromSeconds(15) + TimeSpan.FromTicks(6_093_750), outcome.Wait);
    }

    [Fact]
    public void A_Backup_after_a_resignation_still_waits_for_Skew_Time_only()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 0);

        Assert.Equal(OneSecond * 56 / 256, scene.Reconfigure(ElectionScene.Config(priority: 200)).Wait);
    }

    [Fact]
    public void The_interval_granted_after_a_late_wake_up_survives()
    {
        var scene = ElectionScene.Backup().After(60);
        scene.WakeNow();

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, 1.25 * OneSecond), scene.Reconfigure(ElectionScene.Config(priority: 120)));
    }

    [Fact]
    public void The_preemption_delay_goes_on_unless_it_was_changed()
    {
        var ten = PreemptConfig.Delayed(TimeSpan.FromSeconds(10));
        var scene = ElectionScene.Backup(preempt: ten);
        scene.Hear(priority: 50);

        scene.After(9).Hear(priority: 50);
        scene.Reconfigure(ElectionScene.Config(priority: 120, preempt: ten));
        var left = scene.Wait;
        Assert.Equal(left - OneSecond, scene.After(1).Hear(priority: 50).Wait); // the ten seconds are over

        scene.Reconfigure(ElectionScene.Config(priority: 120, preempt: PreemptConfig.Delayed(TimeSpan.FromSeconds(20))));
        scene.Hear(priority: 50);
        Assert.Equal(TimeSpan.FromSeconds(3) + (OneSecond * 136 / 256), scene.Wait); // a new delay: the Active is followed
    }

    [Fact]
    public void Before_Startup_and_without_an_interface_the_new_settings_wait()
    {
        var initialize = ElectionScene.Initialize();
        Assert.Equal(new Outcome(Outcome.Nothing, Initialize, null), initialize.Reconfigure(ElectionScene.Config(priority: 255)));
        Assert.Equal("send 255, Active (AddressOwner), acquire", initialize.Start().Effects);

        var fault = ElectionScene.Backup();
        fault.LoseInterface(TransitionReason.InterfaceDown);
        Assert.Equal(new Outcome(Outcome.Nothing, Fault, null), fault.Reconfigure(ElectionScene.Config(priority: 120)));
    }

    [Fact]
    public void Addresses_that_failed_are_tried_again_at_once()
    {
        var scene = ElectionScene.Active();
        scene.AddressesFailed();

        Assert.Equal(new Outcome(Outcome.Nothing, Fault, TimeSpan.Zero), scene.After(1).Reconfigure(ElectionScene.Config(priority: 120)));
        Assert.Equal("Backup (Startup), release", scene.Wake().Effects);
    }
}
