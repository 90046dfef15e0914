using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Xunit;
using static Vigie.Core.Election.RouterState;

namespace Vigie.Core.Tests.Election;

/// <summary>Edges that a small change of the code would move: equal values, and routers with one family only.</summary>
public sealed class ElectionBoundaryTests
{
    private const string OnlyIPv6 = "2001:db8::100/64";

    [Fact]
    public void An_Active_does_not_yield_to_its_own_address()
    {
        // A message of ours that comes back, over a loop or a mirror: equal is not greater (RFC 9568 6.4.3).
        Assert.Equal(Active, ElectionScene.Active().Hear(priority: 100, from: ElectionScene.Ours).State);
        Assert.Equal(Active, ElectionScene.Active(addresses: OnlyIPv6).Hear(priority: 100, from: ElectionScene.Ours6).State);
    }

    [Theory]
    [InlineData("192.0.2.100/24")]
    [InlineData(OnlyIPv6)]
    public void A_family_that_is_not_there_has_not_resigned_and_was_not_outranked(string addresses)
    {
        var scene = ElectionScene.Backup(addresses: addresses);

        scene.Wake();

        Assert.Equal((Active, TransitionReason.ActiveSilent), (scene.State, scene.Router.Reason));
    }

    [Fact]
    public void A_resignation_over_IPv6_is_the_reason_of_the_takeover()
    {
        var scene = ElectionScene.Backup(addresses: OnlyIPv6);
        scene.Hear(priority: 150, from: ElectionScene.Higher6);
        scene.Hear(priority: 0, from: ElectionScene.Higher6);

        scene.Wake();

        Assert.Equal((Active, TransitionReason.ActiveResigned), (scene.State, scene.Router.Reason));
    }

    [Fact]
    public void A_lower_Active_over_IPv6_is_the_reason_of_the_takeover()
    {
        var scene = ElectionScene.Backup(addresses: OnlyIPv6);
        scene.Hear(priority: 50, from: ElectionScene.Higher6);

        scene.Wake();

        Assert.Equal((Active, TransitionReason.Preempted), (scene.State, scene.Router.Reason));
    }

    [Fact]
    public void A_router_that_stands_back_stays_there_until_its_time()
    {
        var scene = ElectionScene.Active();
        scene.AddressesFailed();

        Assert.Equal(new Outcome(Outcome.Nothing, Fault, TimeSpan.FromSeconds(5)), scene.WakeNow());
    }

    [Fact]
    public void A_router_without_its_interface_does_not_begin_by_being_woken()
    {
        var scene = ElectionScene.Active();
        scene.LoseInterface(TransitionReason.InterfaceDown);

        Assert.Equal(new Outcome(Outcome.Nothing, Fault, null), scene.After(3600).WakeNow());
    }

    [Fact]
    public void A_router_has_a_source_address_for_its_families_only()
    {
        var scene = ElectionScene.Backup();

        Assert.Equal(ElectionScene.Ours, scene.Router.Primary(IpFamily.IPv4));
        Assert.Equal(IpAddress.None, scene.Router.Primary(IpFamily.IPv6));
    }

    [Fact]
    public void A_router_that_begins_again_knows_of_nobody()
    {
        var scene = ElectionScene.Backup();
        scene.LoseInterface(TransitionReason.InterfaceDown);
        scene.Hear(priority: 150, from: ElectionScene.Higher);

        scene.Start();

        Assert.Equal(IpAddress.None, scene.Router.ActiveSource(IpFamily.IPv4));
        // Another one's resignation is not taken for a stale one.
        Assert.Equal(TimeSpan.FromTicks(6_093_750), scene.Hear(priority: 0, from: ElectionScene.Lower).Wait);
    }

    [Fact]
    public void A_lower_Active_is_the_Active_as_long_as_it_speaks_and_nobody_is_after_it_resigned()
    {
        var scene = ElectionScene.Backup();

        scene.Hear(priority: 50);
        Assert.Equal((ElectionScene.Higher, (byte)50), (scene.Router.ActiveSource(IpFamily.IPv4), scene.Router.ActivePriority(IpFamily.IPv4)));

        scene.Hear(priority: 0);
        Assert.Equal((IpAddress.None, (byte)0), (scene.Router.ActiveSource(IpFamily.IPv4), scene.Router.ActivePriority(IpFamily.IPv4)));
    }

    [Fact]
    public void A_router_that_was_shut_down_may_be_started_again()
    {
        var scene = ElectionScene.Active();
        scene.Shutdown();

        Assert.Equal(Backup, scene.Start().State);
    }

    [Fact]
    public void Other_settings_count_for_IPv6_alone()
    {
        var scene = ElectionScene.Backup(addresses: OnlyIPv6);

        // 3 intervals and 156/256 of one.
        Assert.Equal(TimeSpan.FromTicks(72_187_500), scene.Reconfigure(ElectionScene.Config(seconds: 2, addresses: OnlyIPv6)).Wait);
    }

    [Fact]
    public void An_owner_takes_its_role_back_though_preemption_is_off()
    {
        // RFC 9568 6.1, Preempt_Mode. An owner is Backup only after it overslept.
        var scene = ElectionScene.Active(priority: 255, preempt: PreemptConfig.Never).After(60);

        scene.Hear(priority: 200);
        scene.After(1).Hear(priority: 200);

        // Its timer goes on though the other speaks: 3 intervals and 1/256 of one, less what has passed.
        Assert.Equal(TimeSpan.FromTicks(20_039_062), scene.Wait);
    }
}
