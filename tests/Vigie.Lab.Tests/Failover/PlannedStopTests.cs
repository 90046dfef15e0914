using Vigie.Contract;
using Vigie.Core.Net;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>Hosts come and go as an operator wants: who owns the VIP, what is on the wire, what the client sees.</summary>
public sealed class PlannedStopTests
{
    [Fact]
    public void Of_three_hosts_exactly_the_fittest_owns_the_VIPs_and_answers()
    {
        using var scene = new VipScene();
        var gamma = scene.Start(scene.Gamma, 50);
        var beta = scene.Start(scene.Beta, 100);
        var alpha = scene.Start(scene.Alpha, 150);
        alpha.WaitForState("db", VirtualRouterState.Active);
        beta.WaitForState("db", VirtualRouterState.Backup);
        gamma.WaitForState("db", VirtualRouterState.Backup);
        scene.Probe();
        scene.WaitUntilServedBy(scene.Alpha);

        scene.AssertOnlyOwner(scene.Alpha, advertisements: 40);
        Assert.Equal(scene.Alpha.IPv4.ToString(), beta.TryRouter("db")!.Active);
        Assert.All(alpha.TryRouter("db")!.Addresses, address => Assert.True(address.Present));
        Assert.All(gamma.TryRouter("db")!.Addresses, address => Assert.False(address.Present));
    }

    [Fact]
    public void A_stopped_owner_resigns_and_lets_go_at_once_and_the_next_takes_over()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        scene.Start(scene.Gamma, 50, VirtualRouterState.Backup);

        var stopped = LabClock.Now;
        Assert.Equal(ExitCode.Ok, alpha.Stop());
        Assert.DoesNotContain(scene.Alpha.Addresses(), scene.Vips.Contains);

        scene.WaitUntilServedBy(scene.Beta);
        beta.WaitForState("db", VirtualRouterState.Active);
        var resignations = scene.Ear.Since(stopped).Where(heard => heard.IsResignation && heard.Source.Family == IpFamily.IPv4);
        Assert.Equal(scene.Alpha.Interface("eth0").Mac, Assert.Single(resignations).Mac);
        Assert.Contains(scene.Ear.Since(stopped), heard => heard.IsResignation && heard.Source.Family == IpFamily.IPv6);
        Assert.Equal("the Active resigned", beta.TryRouter("db")!.Reason);
        scene.AssertOutage(stopped, scene.SkewOf(100));
        scene.AssertOnlyOwner(scene.Beta);
        // Both VIPs were announced, several times, and only after the addresses were there.
        Assert.All(scene.Vips, vip => Assert.True(
            scene.Ear.Announcements.Count(said => said.Address == vip && said.At >= stopped && said.Mac == scene.Beta.Interface("eth0").Mac) >= 5));
    }

    [Fact]
    public void A_fitter_owner_that_comes_back_preempts()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        alpha.Stop();
        scene.WaitUntilServedBy(scene.Beta);

        var returned = LabClock.Now;
        var again = scene.Start(scene.Alpha, 150, VirtualRouterState.Active);
        beta.WaitForState("db", VirtualRouterState.Backup);
        scene.WaitUntilServedBy(scene.Alpha);

        Assert.Equal("an Active of higher priority was heard", beta.TryRouter("db")!.Reason);
        Assert.Equal("the Active had a lower priority", again.TryRouter("db")!.Reason);
        // Being preempted sends no priority 0; the old owner lets go at the first advertisement of the new one.
        Assert.DoesNotContain(scene.Ear.Since(returned), heard => heard.IsResignation);
        scene.AssertOutage(returned, scene.Setup.Interval);
        scene.AssertOnlyOwner(scene.Alpha);
    }

    [Fact]
    public void Without_preemption_the_owner_stays_when_a_fitter_host_comes_back()
    {
        using var scene = new VipScene(new() { Preempt = false });
        var beta = scene.Start(scene.Beta, 100, VirtualRouterState.Active);
        scene.Probe();
        scene.WaitUntilServedBy(scene.Beta);

        var alpha = scene.Start(scene.Alpha, 150, VirtualRouterState.Backup);
        // Forty intervals: ten times what a preemption would take.
        scene.AssertOnlyOwner(scene.Beta, advertisements: 80);

        Assert.Equal(VirtualRouterState.Backup, alpha.TryRouter("db")!.State);
        beta.Stop();
        alpha.WaitForState("db", VirtualRouterState.Active);
        scene.WaitUntilServedBy(scene.Alpha);
    }

    [Fact]
    public void A_delayed_preemption_comes_after_its_time_and_not_before()
    {
        var delay = TimeSpan.FromSeconds(2);
        using var scene = new VipScene();
        var beta = scene.Start(scene.Beta, 100, VirtualRouterState.Active);
        scene.Probe();
        scene.WaitUntilServedBy(scene.Beta);

        var yaml = scene.Yaml(scene.Alpha, 150).Replace("preempt: true", "preempt: {after: 2s}", StringComparison.Ordinal);
        var started = LabClock.Now;
        var alpha = Daemons.VigieDaemon.Start(scene.Alpha, yaml);
        alpha.WaitForState("db", VirtualRouterState.Active);
        var waited = LabClock.Now - started;

        Assert.InRange(waited, delay, 10 * delay); // late by ten times is a fault; a busy machine is not
        beta.WaitForState("db", VirtualRouterState.Backup);
        scene.WaitUntilServedBy(scene.Alpha);
        var first = scene.Ear.Advertisements.First(heard => heard.Mac == scene.Alpha.Interface("eth0").Mac);
        Assert.True(first.At - started >= delay, $"alpha spoke {(first.At - started).TotalMilliseconds} ms after its start");
    }

    [Fact]
    public void Of_equal_priorities_the_higher_address_wins_a_dispute()
    {
        using var scene = new VipScene();
        var beta = scene.Start(scene.Beta, 100, VirtualRouterState.Active);
        var alpha = scene.Start(scene.Alpha, 100, VirtualRouterState.Backup);
        scene.Probe();
        scene.WaitUntilServedBy(scene.Beta);

        // Both become Active while they cannot hear each other; alpha loses when they can.
        scene.Lan.Faults.Partition([scene.Alpha.Interface("eth0")], [scene.Beta.Interface("eth0"), scene.Client.Interface("eth0")]);
        alpha.WaitForState("db", VirtualRouterState.Active);
        Assert.Equal(VirtualRouterState.Active, beta.TryRouter("db")!.State);
        scene.Lan.Faults.UndoAll();
        alpha.WaitForState("db", VirtualRouterState.Backup);

        Assert.Equal("an Active of equal priority and greater address was heard", alpha.TryRouter("db")!.Reason);
        Assert.Equal(1, beta.TryRouter("db")!.Transitions - BackupFirst);
        scene.AssertOnlyOwner(scene.Beta);
    }

    /// <summary>Every router that is not the owner of the addresses begins as Backup: its first change of state.</summary>
    private const int BackupFirst = 1;
}
