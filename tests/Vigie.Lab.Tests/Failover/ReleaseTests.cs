using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>`vigie release`: what is done for a daemon that was killed with everything it had.</summary>
public sealed class ReleaseTests
{
    // Ten times less than "within a second" is what it takes at short intervals; a busy machine gets the second.
    private static readonly TimeSpan LongestRelease = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(1000)]
    [InlineData(100)]
    [InlineData(10)]
    public void After_everything_was_killed_a_release_hands_over_without_a_gap(int interval)
    {
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromMilliseconds(interval) });
        var (alpha, beta) = scene.StartPair();
        Assert.Equal(ExitCode.Refused, Release(scene.Alpha).ExitCode); // it lives
        Assert.Equal(VirtualRouterState.Active, alpha.TryRouter("db")!.State);

        var killed = LabClock.Now;
        alpha.Kill();
        var began = LabClock.Now;
        var (exitCode, output, errors) = Release(scene.Alpha);
        var took = LabClock.Now - began;

        Assert.True(exitCode == ExitCode.Ok, $"{exitCode}: {output}{errors}");
        Assert.InRange(took, TimeSpan.Zero, LongestRelease);
        Assert.Contains("took over", output, StringComparison.Ordinal);
        Assert.DoesNotContain(scene.Alpha.Addresses(), scene.Vips.Contains);
        scene.WaitUntilServedBy(scene.Beta);
        AssertResigned(scene, killed);
        foreach (var probe in scene.Probes)
        {
            var gap = probe.Snapshot().LongestGap(killed, Instant.Never)!;
            Assert.True(gap.Length < TimeSpan.FromMilliseconds(50) + 2 * gap.LongestStall, $"{gap}; {output}");
        }

        if (interval >= 100) // at 10 ms the silence may be over before the program has started
            Assert.Contains("resigned", beta.TryRouter("db")!.Reason, StringComparison.Ordinal);
        scene.AssertOnlyOwner(scene.Beta, advertisements: 5);
        var again = Release(scene.Alpha);
        Assert.Equal((ExitCode.Ok, "nothing to release: no address here was put there by Vigie\n"), (again.ExitCode, again.Output));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_ran_counts_and_not_what_the_file_says_by_now(bool afterReload)
    {
        using var scene = new VipScene();
        var (alpha, _) = scene.StartPair();
        var kept = Path.Combine(scene.Alpha.StateDirectory, "running.yaml");
        if (afterReload)
        {
            File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), scene.Yaml(scene.Alpha, 160));
            Assert.Equal(200, alpha.Reload().Status);
            Condition.WaitFor("the new configuration to be kept", () => File.ReadAllText(kept).Contains("priority: 160", StringComparison.Ordinal));
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(kept));
        var ran = File.ReadAllText(VigieDaemon.ConfigPath(scene.Alpha));
        // Valid, and of another virtual router: by this one nobody would be told.
        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), ran.Replace("vrid: 51", "vrid: 99", StringComparison.Ordinal));

        var killed = LabClock.Now;
        alpha.Kill();
        var (exitCode, output, errors) = Release(scene.Alpha);

        Assert.True(exitCode == ExitCode.Ok, $"{exitCode}: {output}{errors}");
        Assert.Contains("took over", output, StringComparison.Ordinal);
        Assert.All(scene.Ear.Since(killed).Where(heard => heard.IsResignation), heard => Assert.Equal(51, heard.Vrid));
        AssertResigned(scene, killed);
        scene.WaitUntilServedBy(scene.Beta);
        Assert.DoesNotContain(scene.Alpha.Addresses(), scene.Vips.Contains);
    }

    [Fact]
    public void Unicast_peers_of_version_2_are_told_too_and_foreign_addresses_stay()
    {
        using var scene = new VipScene(new VirtualRouterSetup
        {
            Addresses = [Vigie.Lab.Topologies.ThreeHostsAndClient.Vip4], Version = 2, Interval = TimeSpan.FromSeconds(1), Password = "secret",
            Peers = [IpAddress.Parse("10.77.0.1"), IpAddress.Parse("10.77.0.2")],
        });
        var (alpha, _) = scene.StartPair();
        scene.Alpha.Ip("addr add 10.77.0.99/24 dev eth0"); // nobody's but the operator's

        var killed = LabClock.Now;
        alpha.Kill();
        var (exitCode, output, errors) = Release(scene.Alpha);

        Assert.True(exitCode == ExitCode.Ok, $"{exitCode}: {output}{errors}");
        scene.WaitUntilServedBy(scene.Beta);
        Condition.WaitFor("alpha to hold no VIP", () => !scene.Alpha.Holds(VipScene.Vip4));
        Assert.True(scene.Alpha.Holds(IpAddress.Parse("10.77.0.99")));
        foreach (var probe in scene.Probes)
        {
            var gap = probe.Snapshot().LongestGap(killed, Instant.Never)!;
            Assert.True(gap.Length < TimeSpan.FromMilliseconds(50) + 2 * gap.LongestStall, $"{gap}; {output}");
        }
    }

    [Fact]
    public void Without_a_configuration_that_can_be_read_nothing_is_torn_away_unless_forced()
    {
        using var scene = new VipScene();
        var alpha = scene.Start(scene.Alpha, 150, VirtualRouterState.Active);
        alpha.Kill();
        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), "this: is broken");
        File.Delete(Path.Combine(scene.Alpha.StateDirectory, "running.yaml"));

        var (exitCode, _, errors) = Release(scene.Alpha);
        Assert.Equal(ExitCode.Configuration, exitCode);
        Assert.Contains("10.77.0.100", errors, StringComparison.Ordinal);
        Assert.Contains(scene.Alpha.Addresses(), scene.Vips.Contains);

        Assert.Equal(ExitCode.Configuration, Release(scene.Alpha, "--force").ExitCode);
        Assert.DoesNotContain(scene.Alpha.Addresses(), scene.Vips.Contains);
    }

    private static void AssertResigned(VipScene scene, Instant since)
    {
        var mac = scene.Alpha.Interface("eth0").Mac;
        var resigned = scene.Ear.Since(since).Where(heard => heard.IsResignation && heard.Mac == mac).ToList();
        Assert.Equal([IpFamily.IPv4, IpFamily.IPv6], resigned.Select(heard => heard.Family).Order());
        // Skew_Time and 50 ms; ten times that on a busy machine.
        var successor = scene.Ear.Since(resigned[^1].At).First(heard => heard.Mac != mac && !heard.IsResignation);
        Assert.InRange(successor.At - resigned[0].At, TimeSpan.Zero, scene.SkewOf(100) + 10 * TimeSpan.FromMilliseconds(50));
    }

    private static (int ExitCode, string Output, string Errors) Release(LabHost host, params string[] more) => host.TryExecute(
        VigieDaemon.FindExecutable(), ["release", "--config", VigieDaemon.ConfigPath(host), "--state-dir", host.StateDirectory, "--socket", host.SocketPath, .. more]);
}
