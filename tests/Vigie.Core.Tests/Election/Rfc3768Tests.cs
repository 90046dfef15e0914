using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Xunit;
using static Vigie.Core.Election.RouterState;

namespace Vigie.Core.Tests.Election;

/// <summary>Where version 2 (RFC 3768) differs from version 3, and where it does not: a test per clause.</summary>
public sealed class Rfc3768Tests
{
    private static readonly TimeSpan Skew = TimeSpan.FromTicks(6_093_750); // 156/256 s

    private static ElectionScene Backup(double seconds = 1, PreemptConfig? preempt = null) =>
        ElectionScene.Backup(seconds: seconds, version: VrrpVersion.V2, preempt: preempt);

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(255)]
    public void Skew_Time_is_a_part_of_a_second_whatever_the_interval(int seconds) =>
        Assert.Equal(Skew, ElectionTimers.SkewTime(VrrpVersion.V2, 100, TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Master_Down_Interval_is_three_of_our_own_intervals_and_Skew_Time() =>
        Assert.Equal(TimeSpan.FromSeconds(30) + Skew, ElectionTimers.ActiveDownInterval(VrrpVersion.V2, 100, TimeSpan.FromSeconds(10)));

    [Fact]
    public void Startup_of_the_address_owner_is_master_at_once()
    {
        var scene = ElectionScene.Initialize(priority: 255, seconds: 2, version: VrrpVersion.V2);

        Assert.Equal(new Outcome("send 255, Active (AddressOwner), acquire", Active, TimeSpan.FromSeconds(2)), scene.Start());
    }

    [Fact]
    public void Startup_of_any_other_router_is_Backup_for_Master_Down_Interval()
    {
        var scene = ElectionScene.Initialize(seconds: 2, version: VrrpVersion.V2);

        Assert.Equal(new Outcome("Backup (Startup), release", RouterState.Backup, TimeSpan.FromSeconds(6) + Skew), scene.Start());
    }

    [Fact]
    public void Shutdown_of_a_Backup_says_nothing() =>
        Assert.Equal(new Outcome("Initialize (Shutdown), release", Initialize, null), Backup().Shutdown());

    [Fact]
    public void The_Master_Down_Timer_sends_an_advertisement_and_is_master() =>
        Assert.Equal(new Outcome("send 100, Active (ActiveSilent), acquire", Active, TimeSpan.FromSeconds(5)), Backup(seconds: 5).Wake());

    [Fact]
    public void Priority_0_leaves_only_Skew_Time() =>
        Assert.Equal(new Outcome(Outcome.Nothing, RouterState.Backup, Skew), Backup(seconds: 5).Hear(priority: 0, seconds: 5));

    [Fact]
    public void An_equal_or_greater_priority_restarts_the_Master_Down_Timer()
    {
        var scene = Backup();

        Assert.Equal(new Outcome(Outcome.Nothing, RouterState.Backup, TimeSpan.FromSeconds(3) + Skew), scene.After(2).Hear(priority: 100));
        Assert.Equal(new Outcome(Outcome.Nothing, RouterState.Backup, TimeSpan.FromSeconds(3) + Skew), scene.After(2).Hear(priority: 101));
    }

    [Fact]
    public void A_lesser_priority_counts_only_when_Preempt_Mode_is_false()
    {
        Assert.Equal(TimeSpan.FromSeconds(1) + Skew, Backup().After(2).Hear(priority: 99).Wait);
        Assert.Equal(TimeSpan.FromSeconds(3) + Skew, Backup(preempt: PreemptConfig.Never).After(2).Hear(priority: 99).Wait);
    }

    [Fact]
    public void The_interval_of_the_master_is_not_learned()
    {
        var scene = Backup(seconds: 1);

        Assert.Equal(TimeSpan.FromSeconds(3) + Skew, scene.Hear(priority: 200, seconds: 9).Wait);
        Assert.Equal(TimeSpan.FromSeconds(1), scene.Router.ActiveAdverInterval(IpFamily.IPv4));
    }

    [Fact]
    public void Shutdown_of_the_master_sends_priority_0() =>
        Assert.Equal(
            new Outcome("send 0, hush, Initialize (Shutdown), release", Initialize, null),
            ElectionScene.Active(version: VrrpVersion.V2).Shutdown());

    [Fact]
    public void The_Adver_Timer_sends_and_starts_again() =>
        Assert.Equal(
            new Outcome("send 100", Active, TimeSpan.FromSeconds(3)), ElectionScene.Active(seconds: 3, version: VrrpVersion.V2).Wake());

    [Fact]
    public void The_master_answers_priority_0_and_restarts_the_Adver_Timer() =>
        Assert.Equal(
            new Outcome("send 100", Active, TimeSpan.FromSeconds(1)),
            ElectionScene.Active(version: VrrpVersion.V2).After(0.5).Hear(priority: 0));

    [Fact]
    public void The_master_yields_to_a_greater_priority_or_an_equal_one_from_a_greater_address()
    {
        var wait = VirtualRouter.LongestAnnouncing; // the addresses go a moment later

        Assert.Equal(
            new Outcome("send 100, hush, Backup (HigherPriority), mute IPv4", RouterState.Backup, wait),
            ElectionScene.Active(version: VrrpVersion.V2).Hear(priority: 101, from: ElectionScene.Lower));
        Assert.Equal(
            new Outcome("send 100, hush, Backup (TieLost), mute IPv4", RouterState.Backup, wait),
            ElectionScene.Active(version: VrrpVersion.V2).Hear(priority: 100, from: ElectionScene.Higher));
    }

    [Fact]
    public void The_master_asserts_its_role_to_a_lesser_one_as_version_3_does() =>
        Assert.Equal(
            new Outcome("send 100, announce", Active, TimeSpan.FromMilliseconds(500)),
            ElectionScene.Active(version: VrrpVersion.V2).After(0.5).Hear(priority: 99));
}
