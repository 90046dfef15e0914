using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Election;

/// <summary>Make before break: docs/decisions/0007-make-before-break.md.</summary>
public sealed class LeavingTests
{
    private const string Both = "192.0.2.100/24 2001:db8::100/64";
    private const RouterState Initialize = RouterState.Initialize;
    private const RouterState Backup = RouterState.Backup;
    private const RouterState Active = RouterState.Active;
    private static readonly TimeSpan Last = VirtualRouter.LastPackets;

    [Fact]
    public void A_leave_resigns_and_keeps_the_addresses()
    {
        var scene = ElectionScene.Active();

        Assert.Equal(new Outcome("send 0, hush, Initialize (Shutdown)", Initialize, TimeSpan.FromSeconds(3)), scene.Leave());
        Assert.True(scene.Router.IsLeaving);
    }

    [Fact]
    public void The_successors_first_advertisement_mutes_and_its_announcements_release_50_ms_later()
    {
        var scene = ElectionScene.Active();
        scene.Leave();

        Assert.Equal(new Outcome("mute IPv4", Initialize, VirtualRouter.LongestAnnouncing), scene.After(0.6).Hear(priority: 50));
        Assert.Equal(new Outcome(Outcome.Nothing, Initialize, Last), scene.After(0.01).Announced());
        Assert.Equal(new Outcome("close, release", Initialize, null), scene.Wake());
        Assert.False(scene.Router.IsLeaving);
    }

    [Fact]
    public void Announcements_that_overtake_the_advertisement_count_as_well()
    {
        var scene = ElectionScene.Active();
        scene.Leave();

        Assert.Equal(new Outcome(Outcome.Nothing, Initialize, TimeSpan.FromSeconds(3)), scene.Announced());
        Assert.Equal(new Outcome("mute IPv4", Initialize, Last), scene.Hear(priority: 50));
    }

    [Fact]
    public void A_successor_that_announces_nothing_is_waited_for_one_second()
    {
        var scene = ElectionScene.Active();
        scene.Leave();
        scene.Hear(priority: 50);

        Assert.Equal(new Outcome(Outcome.Nothing, Initialize, TimeSpan.FromSeconds(0.5)), scene.After(0.5).Hear(priority: 50));
        Assert.Equal("close, release", scene.Wake().Effects);
    }

    [Theory]
    [InlineData(0.01, 1)]
    [InlineData(1, 3)]
    [InlineData(5, 10)]
    [InlineData(40, 10)]
    public void Without_a_successor_a_leave_ends_after_three_intervals_at_least_one_second_at_most_ten(double interval, double expected)
    {
        var scene = ElectionScene.Active(seconds: interval);

        Assert.Equal(TimeSpan.FromSeconds(expected), scene.Leave().Wait);
        Assert.Equal(new Outcome("close, release", Initialize, null), scene.Wake());
    }

    [Fact]
    public void Another_resignation_is_no_successor()
    {
        var scene = ElectionScene.Active();
        scene.Leave();

        Assert.Equal(new Outcome(Outcome.Nothing, Initialize, TimeSpan.FromSeconds(3)), scene.Hear(priority: 0));
    }

    [Fact]
    public void Each_family_is_muted_when_its_successor_speaks()
    {
        var scene = ElectionScene.Active(addresses: Both);
        scene.Leave();

        Assert.Equal("mute IPv6", scene.Hear(priority: 50, from: ElectionScene.Lower6).Effects);
        Assert.Equal("", scene.Hear(priority: 50, from: ElectionScene.Lower6).Effects);
        Assert.Equal("mute IPv4", scene.Hear(priority: 50, from: ElectionScene.Lower).Effects);
    }

    [Fact]
    public void A_Backup_leaves_at_once()
    {
        Assert.Equal(new Outcome("Initialize (Shutdown), release", Initialize, null), ElectionScene.Backup().Leave());
    }

    [Fact]
    public void Shutdown_ends_a_leave_at_once()
    {
        var scene = ElectionScene.Active();
        scene.Leave();

        Assert.Equal(new Outcome("release", Initialize, null), scene.Shutdown());
        Assert.Equal(Outcome.Nothing, scene.Shutdown().Effects);
    }

    [Fact]
    public void A_host_that_is_stopped_while_it_is_preempted_goes_on_leaving()
    {
        var scene = ElectionScene.Active();
        scene.Hear(priority: 200);

        Assert.Equal(new Outcome("Initialize (Shutdown)", Initialize, TimeSpan.FromSeconds(0.7)), scene.After(0.3).Leave());
        Assert.Equal(new Outcome("close, release", Initialize, null), scene.Wake());
    }

    [Fact]
    public void A_preempted_router_whose_successor_dies_takes_the_role_again()
    {
        var scene = ElectionScene.Active(seconds: 0.1);
        scene.Hear(priority: 200, seconds: 0.1);

        Assert.Equal("send 100, Active (ActiveSilent), acquire", scene.Wake().Effects);
        Assert.False(scene.Router.IsLeaving);
    }

    [Fact]
    public void A_switchover_nobody_answers_takes_the_role_back()
    {
        var scene = ElectionScene.Active();

        Assert.Equal(
            new Outcome("send 0, hush, Backup (SwitchedOver)", Backup, TimeSpan.FromSeconds(3)), scene.StandAside(AsideCause.Switchover));
        Assert.Equal(new Outcome("send 100, Active (NoSuccessor), acquire", Active, TimeSpan.FromSeconds(1)), scene.Wake());
        Assert.Equal(AsideCause.None, scene.Router.Aside);
    }

    [Fact]
    public void A_host_that_could_not_run_while_it_waited_listens_once_more_before_it_takes_the_role_back()
    {
        var scene = ElectionScene.Active();
        scene.StandAside(AsideCause.Switchover);

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, TimeSpan.FromSeconds(1.25)), scene.After(4).WakeNow());
        Assert.Equal("send 100, Active (NoSuccessor), acquire", scene.Wake().Effects);
    }

    [Fact]
    public void A_router_that_was_moved_away_does_not_preempt_until_the_new_owner_resigns()
    {
        var scene = ElectionScene.Active(priority: 150);
        scene.StandAside(AsideCause.Switchover);
        scene.After(0.6).Hear(priority: 100, from: ElectionScene.Lower);
        scene.Wake();
        for (var i = 0; i < 10; i++)
            Assert.Equal(Backup, scene.After(1).Hear(priority: 100, from: ElectionScene.Lower).State);

        scene.Hear(priority: 0, from: ElectionScene.Lower);
        Assert.Equal(AsideCause.None, scene.Router.Aside);
        Assert.Equal("send 150, Active (ActiveResigned), acquire", scene.Wake().Effects);
    }

    [Fact]
    public void A_router_that_was_moved_away_takes_over_when_the_new_owner_dies()
    {
        var scene = ElectionScene.Active(priority: 150);
        scene.StandAside(AsideCause.Switchover);
        scene.After(0.6).Hear(priority: 100, from: ElectionScene.Lower);
        Assert.Equal("close, release", scene.Wake().Effects);

        Assert.Equal("send 150, Active (ActiveSilent), acquire", scene.Wake().Effects);
        Assert.Equal(AsideCause.None, scene.Router.Aside);
    }

    [Fact]
    public void Failback_takes_the_role_back_even_without_preemption()
    {
        var scene = ElectionScene.Active(priority: 150, preempt: PreemptConfig.Never);
        scene.StandAside(AsideCause.Switchover);
        scene.After(0.6).Hear(priority: 100, from: ElectionScene.Lower);
        scene.Wake();
        scene.Return();

        scene.Hear(priority: 100, from: ElectionScene.Lower);
        Assert.Equal("send 150, Active (Preempted), acquire", scene.Wake().Effects);
    }

    [Fact]
    public void A_drained_Backup_never_takes_over()
    {
        var scene = ElectionScene.Backup(priority: 150);
        scene.StandAside(AsideCause.Drain);

        Assert.Null(scene.Hear(priority: 100).Wait);
        Assert.Null(scene.Hear(priority: 0).Wait);
        Assert.Equal(new Outcome(Outcome.Nothing, Backup, null), scene.After(100).WakeNow());
    }

    [Fact]
    public void A_drained_address_owner_begins_as_Backup()
    {
        var scene = ElectionScene.Initialize(priority: 255);
        scene.StandAside(AsideCause.Drain);

        Assert.Equal(new Outcome("Backup (Startup), release", Backup, null), scene.Start());
    }

    [Fact]
    public void A_drained_host_that_nobody_relieves_serves_at_the_least_priority_and_yields_to_anybody()
    {
        var scene = ElectionScene.Active(priority: 150);
        scene.StandAside(AsideCause.Drain);
        Assert.Equal("send 1, Active (NoSuccessor), acquire", scene.Wake().Effects);
        Assert.Equal("send 1", scene.Wake().Effects);

        Assert.Equal("send 1, hush, Backup (Drained), mute IPv4", scene.Hear(priority: 1, from: ElectionScene.Lower).Effects);
    }

    [Fact]
    public void An_undrained_Backup_waits_as_usual()
    {
        var scene = ElectionScene.Backup(priority: 100);
        scene.StandAside(AsideCause.Drain);
        scene.After(1).Hear(priority: 200);

        Assert.Equal(TimeSpan.FromSeconds(3) + (256 - 100) / 256.0 * TimeSpan.FromSeconds(1), scene.StandAside(AsideCause.None).Wait);
    }

    [Fact]
    public void A_lost_interface_ends_a_leave()
    {
        var scene = ElectionScene.Active();
        scene.StandAside(AsideCause.Switchover);

        Assert.Equal(
            "Fault (InterfaceDown), release", scene.LoseInterface(TransitionReason.InterfaceDown).Effects);
        Assert.False(scene.Router.IsLeaving);
    }

    [Fact]
    public void Version_2_leaves_in_the_same_way()
    {
        var scene = ElectionScene.Active(version: VrrpVersion.V2);
        scene.Leave();

        Assert.Equal("mute IPv4", scene.After(0.6).Hear(priority: 50).Effects);
    }
}
