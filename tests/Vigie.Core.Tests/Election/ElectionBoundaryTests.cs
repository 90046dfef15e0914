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
}
