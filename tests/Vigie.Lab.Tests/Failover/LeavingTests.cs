using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Processes;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>
/// Make before break: a client that asks each millisecond loses nothing when a host leaves in order, and nobody is taught the
/// leaver's MAC after its successor's announcements.
/// </summary>
public sealed class LeavingTests
{
    // Wanted are none of a thousand a second; a busy machine may lose a few in a queue.
    private const int MostLost = 10;

    [Theory]
    [InlineData(1000)]
    [InlineData(100)]
    public void A_stop_and_a_preemption_lose_nothing(int interval)
    {
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromMilliseconds(interval) });
        var (alpha, beta) = scene.StartPair();

        var stopped = LabClock.Now;
        Assert.Equal(ExitCode.Ok, alpha.Stop());
        var took = LabClock.Now - stopped;
        Assert.DoesNotContain(scene.Alpha.Addresses(), scene.Vips.Contains);
        Assert.DoesNotContain("vigie", scene.Alpha.Execute("nft", "list", "ruleset"), StringComparison.Ordinal);
        scene.WaitUntilServedBy(scene.Beta);
        AssertSeamless(scene, stopped, scene.Alpha, scene.Beta);
        Assert.True(took < 10 * (scene.SkewOf(100) + TimeSpan.FromMilliseconds(250)), $"it took {took.TotalMilliseconds:0} ms to leave");

        var returned = LabClock.Now;
        scene.Start(scene.Alpha, 150, VirtualRouterState.Active);
        scene.WaitUntilServedBy(scene.Alpha);
        beta.WaitForRouter("db", "no leave under way", router => !router.Addresses.Any(address => address.Present));
        AssertSeamless(scene, returned, scene.Beta, scene.Alpha);
        scene.AssertOnlyOwner(scene.Alpha, advertisements: 5);
    }

    [Fact]
    public void Alone_a_host_waits_a_moment_for_a_successor_and_a_second_signal_ends_that()
    {
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromSeconds(4) });
        var alpha = scene.Start(scene.Alpha, 255, VirtualRouterState.Active);
        Condition.WaitFor("alpha to hold the VIPs", () => scene.Vips.All(scene.Alpha.Holds));

        var stopped = LabClock.Now;
        alpha.Process.Signal(Signals.Terminate);
        scene.Ear.WaitFor("resignation", 1, heard => heard.IsResignation);
        Assert.True(scene.Vips.All(scene.Alpha.Holds));
        Assert.False(alpha.Process.Exited);
        Assert.Equal(ExitCode.Ok, alpha.Stop());

        Assert.True(LabClock.Now - stopped < TimeSpan.FromSeconds(8), "the second signal changed nothing");
        Assert.DoesNotContain(scene.Alpha.Addresses(), scene.Vips.Contains);
    }

    /// <summary>Nothing was lost, and once the successor has announced an address nobody else announces or claims it.</summary>
    private static void AssertSeamless(VipScene scene, Instant from, LabHost leaver, LabHost successor)
    {
        foreach (var probe in scene.Probes)
        {
            var seen = probe.Snapshot();
            var gap = seen.LongestGap(from, Instant.Never)!;
            Assert.True(gap.Lost <= MostLost, $"{gap}; {seen}");
        }

        var taught = scene.Ear.Announcements.Where(said => said.At >= from && scene.Vips.Contains(said.Address)).ToArray();
        foreach (var vip in scene.Vips)
        {
            var first = taught.First(said => said.Address == vip && said.Mac == successor.Interface("eth0").Mac).At;
            Assert.DoesNotContain(taught, said => said.Address == vip && said.Mac == leaver.Interface("eth0").Mac && said.At > first + TimeSpan.FromMilliseconds(50));
        }
    }
}
