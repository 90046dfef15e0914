using Vigie.Core.Election;
using Vigie.Core.Net;
using Xunit;
using static Vigie.Core.Election.RouterState;

namespace Vigie.Core.Tests.Election;

/// <summary>What keeps a router out of the election, and how it comes back: the interface, and addresses that fail.</summary>
public sealed class FaultTests
{
    [Fact]
    public void A_Backup_that_loses_its_interface_says_nothing()
    {
        var scene = ElectionScene.Backup();

        Assert.Equal(new Outcome("Fault (InterfaceDown), release", Fault, null), scene.LoseInterface(TransitionReason.InterfaceDown));
    }

    [Fact]
    public void An_Active_that_loses_its_interface_resigns_in_case_somebody_still_hears_it()
    {
        var scene = ElectionScene.Active();

        Assert.Equal(
            new Outcome("send 0, hush, Fault (NoSourceAddress), release", Fault, null), scene.LoseInterface(TransitionReason.NoSourceAddress));
    }

    [Fact]
    public void A_router_without_an_interface_is_in_Fault_from_the_start()
    {
        var scene = ElectionScene.Initialize();

        Assert.Equal(
            new Outcome("Fault (InterfaceMissing), release", Fault, null), scene.LoseInterface(TransitionReason.InterfaceMissing));
    }

    [Fact]
    public void The_same_cause_again_is_no_news_and_another_cause_is()
    {
        var scene = ElectionScene.Backup();
        scene.LoseInterface(TransitionReason.InterfaceDown);

        Assert.Equal(new Outcome(Outcome.Nothing, Fault, null), scene.LoseInterface(TransitionReason.InterfaceDown));
        Assert.Equal(
            new Outcome("Fault (InterfaceMissing), release", Fault, null), scene.LoseInterface(TransitionReason.InterfaceMissing));
    }

    [Fact]
    public void The_interface_is_back_and_the_router_begins_anew()
    {
        var scene = ElectionScene.Active();
        scene.LoseInterface(TransitionReason.InterfaceDown);

        Assert.Equal(new Outcome("Backup (Startup), release", Backup, TimeSpan.FromTicks(36_093_750)), scene.After(9).Start());
    }

    [Fact]
    public void The_owner_comes_back_as_Active()
    {
        var scene = ElectionScene.Active(priority: 255);
        scene.LoseInterface(TransitionReason.InterfaceDown);

        Assert.Equal("send 255, Active (AddressOwner), acquire", scene.Start().Effects);
    }

    [Fact]
    public void In_Fault_the_Active_is_known_to_the_operator_until_it_resigns()
    {
        var scene = ElectionScene.Backup();
        scene.LoseInterface(TransitionReason.InterfaceDown);

        Assert.Equal(new Outcome(Outcome.Nothing, Fault, null), scene.Hear(priority: 90, from: ElectionScene.Lower));
        Assert.Equal(ElectionScene.Lower, scene.Router.ActiveSource(IpFamily.IPv4));
        scene.Hear(priority: 0, from: ElectionScene.Lower);
        Assert.True(scene.Router.ActiveSource(IpFamily.IPv4).IsNone);
    }

    [Fact]
    public void Addresses_that_fail_make_an_Active_resign_and_stand_back_for_five_seconds()
    {
        var scene = ElectionScene.Backup();
        scene.Wake();

        var outcome = scene.AddressesFailed();

        Assert.Equal(new Outcome("send 0, hush, Fault (AddressesFailed), release", Fault, TimeSpan.FromSeconds(5)), outcome);
        Assert.Equal(new Outcome("Backup (Startup), release", Backup, TimeSpan.FromTicks(36_093_750)), scene.Wake());
    }

    [Fact]
    public void Each_further_failure_doubles_the_time_up_to_a_minute_and_success_forgives()
    {
        var scene = ElectionScene.Backup();
        foreach (var seconds in new[] { 5, 10, 20, 40, 60, 60 })
        {
            scene.Wake();
            Assert.Equal(TimeSpan.FromSeconds(seconds), scene.AddressesFailed().Wait);
            scene.Wake();
        }

        scene.Wake();
        scene.AddressesReady();
        Assert.Equal(TimeSpan.FromSeconds(5), scene.AddressesFailed().Wait);
    }

    [Fact]
    public void A_failure_reported_too_late_changes_nothing()
    {
        Assert.Equal(Outcome.Nothing, ElectionScene.Backup().AddressesFailed().Effects);
        Assert.Equal(new Outcome(Outcome.Nothing, Initialize, null), ElectionScene.Initialize().AddressesFailed());
    }

    [Fact]
    public void A_new_source_address_does_not_end_the_time_of_standing_back()
    {
        var scene = ElectionScene.Active();
        scene.AddressesFailed();

        Assert.Equal(new Outcome(Outcome.Nothing, Fault, TimeSpan.FromSeconds(3)), scene.After(2).Start(ElectionScene.Lower));
    }

    [Fact]
    public void A_lost_interface_ends_the_wait_and_its_return_begins_anew()
    {
        var scene = ElectionScene.Active();
        scene.AddressesFailed();

        Assert.Null(scene.LoseInterface(TransitionReason.InterfaceDown).Wait);
        Assert.Equal("Backup (Startup), release", scene.Start().Effects);
    }

    [Fact]
    public void Shutdown_in_Fault_is_quiet_and_a_second_one_is_nothing()
    {
        var scene = ElectionScene.Active();
        scene.AddressesFailed();

        Assert.Equal(new Outcome("Initialize (Shutdown), release", Initialize, null), scene.Shutdown());
        Assert.Equal(new Outcome(Outcome.Nothing, Initialize, null), scene.Shutdown());
    }

    [Fact]
    public void A_changed_source_address_decides_the_next_tie()
    {
        var scene = ElectionScene.Active();

        Assert.Equal(Outcome.Nothing, scene.Start(IpAddress.Parse("192.0.2.200")).Effects);
        Assert.Equal(Active, scene.Hear(priority: 100, from: ElectionScene.Higher).State);
    }

    [Fact]
    public void The_present_state_its_reason_and_its_age_are_known()
    {
        var scene = ElectionScene.Backup();
        scene.Wake();

        Assert.Equal((TransitionReason.ActiveSilent, scene.Now, 2), (scene.Router.Reason, scene.Router.Since, scene.Router.Transitions));
    }
}
