using Vigie.Contract;
using Vigie.Core;
using Vigie.Lab.Daemons;
using Vigie.Lab.Processes;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>The daemon as a service: its own user, notification, watchdog, and a release when everything was killed.</summary>
public sealed class UnitTests
{
    /// <summary>Some number that is nobody's on the machine.</summary>
    private const int User = 64100;

    [Theory]
    [InlineData(1000)]
    [InlineData(100)]
    [InlineData(10)]
    public void As_its_own_user_killed_with_everything_it_has_a_unit_loses_nothing_and_comes_back(int interval)
    {
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromMilliseconds(interval) });
        var unit = VigieUnit.Start(scene.Alpha, scene.Yaml(scene.Alpha, 150), new VigieUnitOptions { User = User, RestartDelay = TimeSpan.FromSeconds(2) });
        unit.WaitUntilReady();
        unit.Daemon.WaitForState("db", VirtualRouterState.Active);
        scene.Start(scene.Beta, 100, VirtualRouterState.Backup);
        scene.Probe();
        scene.WaitUntilServedBy(scene.Alpha);
        Assert.Equal((true, true), (unit.Daemon.Status().RealTime, unit.Daemon.Status().MemoryLocked));

        var killed = LabClock.Now;
        unit.Daemon.Kill();
        var release = unit.WaitForRelease();

        Assert.True(release.ExitCode == ExitCode.Ok, release.ToString());
        scene.WaitUntilServedBy(scene.Beta);
        AssertNothingLost(scene, killed, release.Output);
        var mac = scene.Beta.Interface("eth0").Mac;
        var successor = scene.Ear.Since(killed).First(heard => heard.Mac == mac);
        // Skew_Time and 50 ms from the kill; ten times the 50 ms on a busy machine.
        Assert.InRange(successor.At - killed, TimeSpan.Zero, scene.SkewOf(100) + 10 * TimeSpan.FromMilliseconds(50));

        unit.WaitUntilReady(times: 2);
        unit.Daemon.WaitForState("db", VirtualRouterState.Active); // the better host preempts, as always
        scene.WaitUntilServedBy(scene.Alpha);
        Assert.Equal(ExitCode.Ok, unit.Stop());
        Assert.Equal(1, unit.Count("STOPPING=1"));
        Assert.Equal((ExitCode.Ok, 2), (unit.Releases[^1].ExitCode, unit.Releases.Length));
        Assert.DoesNotContain(scene.Alpha.Addresses(), scene.Vips.Contains);
    }

    [Fact]
    public void A_reload_is_announced_and_its_end_too_and_a_guardian_that_hangs_is_ended_by_the_watchdog()
    {
        using var scene = new VipScene();
        var unit = VigieUnit.Start(scene.Alpha, scene.Yaml(scene.Alpha, 150), new VigieUnitOptions
        {
            AbstractSocket = true, Watchdog = TimeSpan.FromSeconds(1.5), RestartDelay = TimeSpan.FromSeconds(1),
        });
        unit.WaitUntilReady();
        unit.Daemon.WaitForState("db", VirtualRouterState.Active);
        scene.Start(scene.Beta, 100, VirtualRouterState.Backup);
        scene.Probe();
        scene.WaitUntilServedBy(scene.Alpha);

        unit.Daemon.Process.Signal(Signals.Hangup);
        unit.WaitUntilReady(times: 2);
        Assert.Equal(1, unit.Count("RELOADING=1"));
        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), "this: is broken");
        unit.Daemon.Process.Signal(Signals.Hangup);
        unit.WaitUntilReady(times: 3); // refused is over, too
        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), scene.Yaml(scene.Alpha, 150));
        Condition.WaitFor("the watchdog to be fed for longer than it waits", () => unit.Count("WATCHDOG=1") >= 5);
        Assert.Equal((1, 0), (unit.Starts, unit.WatchdogKills));

        var hung = LabClock.Now;
        unit.Daemon.Process.SignalMember(unit.Daemon.Process.Pid, Signals.Stop);
        var release = unit.WaitForRelease();

        Assert.True(release.ExitCode == ExitCode.Ok, release.ToString());
        Assert.Equal(1, unit.WatchdogKills);
        scene.WaitUntilServedBy(scene.Beta);
        AssertNothingLost(scene, hung, release.Output);
        unit.WaitUntilReady(times: 4);
        Assert.Equal(2, unit.Starts);
    }

    private static void AssertNothingLost(VipScene scene, Instant since, string said)
    {
        foreach (var probe in scene.Probes)
        {
            var gap = probe.Snapshot().LongestGap(since, Instant.Never)!;
            Assert.True(gap.Length < TimeSpan.FromMilliseconds(50) + 2 * gap.LongestStall, $"{gap}; {said}");
        }
    }
}
