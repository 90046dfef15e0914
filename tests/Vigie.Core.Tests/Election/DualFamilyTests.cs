using Vigie.Core.Election;
using Vigie.Core.Net;
using Xunit;
using static Vigie.Core.Election.RouterState;

namespace Vigie.Core.Tests.Election;

/// <summary>One virtual router with addresses of both families: two on the wire, moving as one.</summary>
public sealed class DualFamilyTests
{
    private const string Both = "192.0.2.100/24 2001:db8::100/64";
    private static readonly TimeSpan DownInterval = TimeSpan.FromTicks(36_093_750);

    [Fact]
    public void A_takeover_is_one_for_both_families()
    {
        var scene = ElectionScene.Backup(addresses: Both);

        Assert.Equal(new Outcome("send 100, Active (ActiveSilent), acquire", Active, TimeSpan.FromSeconds(1)), scene.Wake());
    }

    [Fact]
    public void While_either_family_hears_its_Active_nothing_is_taken_over()
    {
        foreach (var heard in new[] { ElectionScene.Higher, ElectionScene.Higher6 })
        {
            var scene = ElectionScene.Backup(addresses: Both);
            for (var i = 0; i < 20; i++)
            {
                scene.After(1).Hear(priority: 200, from: heard);
                Assert.Equal(new Outcome(Outcome.Nothing, Backup, DownInterval), scene.WakeNow());
            }

            Assert.Equal("send 100, Active (ActiveSilent), acquire", scene.Wake().Effects);
        }
    }

    [Fact]
    public void A_resignation_in_one_family_waits_for_the_other()
    {
        var scene = ElectionScene.Backup(addresses: Both);
        scene.Hear(priority: 200, from: ElectionScene.Higher);
        scene.Hear(priority: 200, from: ElectionScene.Higher6);

        Assert.Equal(DownInterval, scene.Hear(priority: 0, from: ElectionScene.Higher).Wait);
        Assert.Equal(TimeSpan.FromTicks(6_093_750), scene.Hear(priority: 0, from: ElectionScene.Higher6).Wait);
        Assert.Equal("send 100, Active (ActiveResigned), acquire", scene.Wake().Effects);
    }

    [Fact]
    public void A_better_Active_in_either_family_displaces_the_pair()
    {
        Assert.Equal(
            "send 100, hush, Backup (HigherPriority), mute IPv4", ElectionScene.Active(addresses: Both).Hear(priority: 101, from: ElectionScene.Lower).Effects);
        Assert.Equal(
            "send 100, hush, Backup (HigherPriority), mute IPv6", ElectionScene.Active(addresses: Both).Hear(priority: 101, from: ElectionScene.Lower6).Effects);
    }

    [Fact]
    public void A_tie_is_judged_by_the_addresses_of_the_family_that_was_heard()
    {
        Assert.Equal(Backup, ElectionScene.Active(addresses: "2001:db8::100/64").Hear(priority: 100, from: ElectionScene.Higher6).State);
        Assert.Equal(Active, ElectionScene.Active(addresses: "2001:db8::100/64").Hear(priority: 100, from: ElectionScene.Lower6).State);
    }

    [Fact]
    public void A_tie_over_IPv6_is_left_to_IPv4_while_that_is_heard()
    {
        // We win over IPv4 and lose over IPv6; the other sees the opposite, and exactly one of us must yield.
        var scene = ElectionScene.Active(addresses: Both);
        scene.Hear(priority: 100, from: ElectionScene.Lower);

        Assert.Equal("send 100, announce", scene.After(1).Hear(priority: 100, from: ElectionScene.Higher6).Effects);
    }

    [Fact]
    public void A_tie_over_IPv6_counts_when_IPv4_was_never_heard_or_has_fallen_silent()
    {
        var never = ElectionScene.Active(addresses: Both);
        Assert.Equal(Backup, never.Hear(priority: 100, from: ElectionScene.Higher6).State);

        var silent = ElectionScene.Active(addresses: Both);
        silent.Hear(priority: 100, from: ElectionScene.Lower);
        var heardAt = silent.Now;
        for (var i = 0; i < 3; i++)
            silent.Wake();
        silent.Now = heardAt + (DownInterval - TimeSpan.FromTicks(1));
        Assert.Equal(Active, silent.Hear(priority: 100, from: ElectionScene.Higher6).State);
        silent.After(TimeSpan.FromTicks(1));
        Assert.Equal(Backup, silent.Hear(priority: 100, from: ElectionScene.Higher6).State);
    }

    [Fact]
    public void Of_two_equal_pairs_with_crossed_addresses_exactly_one_yields()
    {
        // Each advertisement goes out over IPv4 first.
        var us = ElectionScene.Active(addresses: Both);
        var other = ElectionScene.Active(addresses: Both);

        us.Hear(priority: 100, from: ElectionScene.Lower);
        us.Hear(priority: 100, from: ElectionScene.Higher6);
        other.Hear(priority: 100, from: ElectionScene.Higher);
        other.Hear(priority: 100, from: ElectionScene.Lower6);

        Assert.Equal((Active, Backup), (us.State, other.State));
    }

    [Fact]
    public void An_advertisement_of_a_family_without_addresses_is_not_for_us()
    {
        var scene = ElectionScene.Active(addresses: "192.0.2.100/24");

        Assert.Equal(new Outcome(Outcome.Nothing, Active, TimeSpan.FromSeconds(1)), scene.Hear(priority: 255, from: ElectionScene.Higher6));
    }

    [Fact]
    public void Each_family_knows_its_own_Active()
    {
        var scene = ElectionScene.Backup(addresses: Both);
        scene.Hear(priority: 200, from: ElectionScene.Higher);
        scene.Hear(priority: 180, from: ElectionScene.Lower6);

        Assert.Equal((ElectionScene.Higher, 200), (scene.Router.ActiveSource(IpFamily.IPv4), scene.Router.ActivePriority(IpFamily.IPv4)));
        Assert.Equal((ElectionScene.Lower6, 180), (scene.Router.ActiveSource(IpFamily.IPv6), scene.Router.ActivePriority(IpFamily.IPv6)));
        scene.Wake();
        Assert.True(scene.Router.ActiveSource(IpFamily.IPv4).IsNone && scene.Router.ActiveSource(IpFamily.IPv6).IsNone);
    }

    [Theory]
    [InlineData("192.0.2.11")]
    [InlineData("fe80::11")]
    public void A_pair_that_yields_on_one_family_waits_for_the_other_anew(string better)
    {
        var scene = ElectionScene.Active(addresses: "192.0.2.100/24 2001:db8::100/64");
        scene.After(0.5).Hear(priority: 200, from: IpAddress.Parse(better));
        scene.CutLeave();

        // Skew_Time for the family that resigns, the whole Active_Down_Interval for the one that was not heard.
        Assert.Equal(TimeSpan.FromTicks(36_093_750), scene.Hear(priority: 0, from: IpAddress.Parse(better)).Wait);
    }

    [Theory]
    [InlineData("192.0.2.11")]
    [InlineData("fe80::11")]
    public void A_pair_that_overslept_waits_for_the_family_it_did_not_hear_anew(string speaker)
    {
        var scene = ElectionScene.Active(addresses: "192.0.2.100/24 2001:db8::100/64").After(60);
        scene.Hear(priority: 200, from: IpAddress.Parse(speaker));

        Assert.Equal(TimeSpan.FromTicks(36_093_750), scene.Hear(priority: 0, from: IpAddress.Parse(speaker)).Wait);
    }
}
