using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Xunit;
using static Vigie.Core.Election.RouterState;

namespace Vigie.Core.Tests.Election;

/// <summary>RFC 9568 6.4.2, the Backup state: a test per clause that lies with the machine.</summary>
public sealed class Rfc9568BackupTests
{
    /// <summary>Active_Down_Interval of priority 100 at 1 s.</summary>
    private static readonly TimeSpan DownInterval = TimeSpan.FromTicks(36_093_750);

    /// <summary>Skew_Time of priority 100 at 1 s.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromTicks(6_093_750);

    [Fact]
    public void A_Backup_holds_no_virtual_address_so_that_it_answers_no_ARP_and_no_solicitation_for_it()
    {
        var scene = ElectionScene.Initialize();

        Assert.Equal("Backup (Startup), release", scene.Start().Effects);
    }

    [Fact]
    public void A_Backup_announces_nothing_even_when_the_kernel_reports_addresses()
    {
        var scene = ElectionScene.Backup();

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, DownInterval), scene.AddressesReady());
    }

    [Fact]
    public void Shutdown_cancels_the_Active_Down_Timer_and_says_nothing()
    {
        var scene = ElectionScene.Backup();

        Assert.Equal(new Outcome("Initialize (Shutdown), release", Initialize, null), scene.Shutdown());
    }

    [Fact]
    public void The_Active_Down_Timer_sends_an_advertisement_first_sets_the_Adver_Timer_and_is_Active()
    {
        var scene = ElectionScene.Backup(seconds: 0.5);

        Assert.Equal(new Outcome("send 100, Active (ActiveSilent), acquire", Active, TimeSpan.FromMilliseconds(500)), scene.Wake());
    }

    [Fact]
    public void Every_address_is_announced_after_the_takeover_once_the_kernel_holds_them()
    {
        var scene = ElectionScene.Backup();
        scene.Wake();

        Assert.Equal(new Outcome("announce", Active, TimeSpan.FromMilliseconds(999)), scene.After(0.001).AddressesReady());
    }

    [Fact]
    public void The_new_Active_sends_at_its_own_interval_not_at_the_learned_one()
    {
        var scene = ElectionScene.Backup(seconds: 1);
        scene.Hear(priority: 200, seconds: 2);

        Assert.Equal(TimeSpan.FromSeconds(1), scene.Wake().Wait);
    }

    [Fact]
    public void A_tick_before_the_Active_Down_Timer_nothing_happens()
    {
        var scene = ElectionScene.Backup();

        var outcome = scene.After(DownInterval - TimeSpan.FromTicks(1)).WakeNow();

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, TimeSpan.FromTicks(1)), outcome);
    }

    [Fact]
    public void Priority_0_that_the_successor_has_overtaken_is_ignored()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 200, from: ElectionScene.Higher);

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, DownInterval), scene.Hear(priority: 0, from: ElectionScene.Lower));
    }

    [Fact]
    public void Priority_0_leaves_only_Skew_Time()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 200);

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, Skew), scene.After(0.4).Hear(priority: 0));
    }

    [Fact]
    public void Priority_0_reckons_Skew_Time_from_the_interval_learned_before()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 200, seconds: 0.1);

        Assert.Equal(Skew / 10, scene.Hear(priority: 0, seconds: 5).Wait);
    }

    [Fact]
    public void A_greater_priority_restarts_the_Active_Down_Timer()
    {
        var scene = ElectionScene.Backup();

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, DownInterval), scene.After(3).Hear(priority: 101));
    }

    [Fact]
    public void An_equal_priority_restarts_the_Active_Down_Timer_whoever_has_the_greater_address()
    {
        var scene = ElectionScene.Backup();

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, DownInterval), scene.After(3).Hear(priority: 100, from: ElectionScene.Lower));
        Assert.Equal(new Outcome(Outcome.Nothing, Backup, DownInterval), scene.After(3).Hear(priority: 100, from: ElectionScene.Higher));
    }

    [Fact]
    public void A_lesser_priority_restarts_the_Active_Down_Timer_when_Preempt_Mode_is_false()
    {
        var scene = ElectionScene.Backup(preempt: PreemptConfig.Never);

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, DownInterval), scene.After(3).Hear(priority: 99));
    }

    [Fact]
    public void A_lesser_priority_is_discarded_when_Preempt_Mode_is_true()
    {
        var scene = ElectionScene.Backup();

        var outcome = scene.After(3).Hear(priority: 99, seconds: 0.1);

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, DownInterval - TimeSpan.FromSeconds(3)), outcome);
        Assert.Equal(TimeSpan.FromSeconds(1), scene.Router.ActiveAdverInterval(IpFamily.IPv4));
    }

    [Fact]
    public void The_interval_of_the_Active_is_learned_and_Active_Down_Interval_recomputed_from_it()
    {
        var scene = ElectionScene.Backup();

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, DownInterval * 2), scene.Hear(priority: 200, seconds: 2));
        Assert.Equal(TimeSpan.FromSeconds(2), scene.Router.ActiveAdverInterval(IpFamily.IPv4));
    }

    [Fact]
    public void The_address_owner_preempts_whatever_Preempt_Mode_says()
    {
        var scene = ElectionScene.Backup(priority: 100, preempt: PreemptConfig.Never);
        scene.Reconfigure(ElectionScene.Config(priority: 255, preempt: PreemptConfig.Never));
        var before = scene.Wait;

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, before), scene.Hear(priority: 254));
    }
}
