using System.Globalization;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Lab.Daemons;
using Vigie.Lab.Processes;
using Vigie.Lab.Tests.Faults;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>
/// A daemon that may start no further process (RLIMIT_NPROC) when it needs another node. As its own user, since the kernel
/// asks neither root nor who has its capabilities.
/// </summary>
public sealed class ProcessLimitTests
{
    /// <summary>Some number that is nobody's on the machine: the limit counts a user's processes.</summary>
    private const int User = 64101;

    [Fact]
    public void A_node_that_cannot_be_started_for_a_moment_costs_nothing()
    {
        using var scene = new VipScene();
        var (alpha, beta) = Start(scene);
        var (before, node) = (alpha.TryRouter("db")!, DaemonMember.Find(alpha, DaemonMember.Node));

        var usual = Limit(scene, alpha, "1");
        var killed = LabClock.Now;
        alpha.Process.SignalMember(node, Signals.Kill);
        Condition.WaitFor("three attempts to start another node", () => Failures(alpha).Count >= 3);
        Limit(scene, alpha, usual);
        Condition.WaitFor("another node", () => alpha.TryStatus()?.Guardian is { Covering: false, NodePid: var pid } && pid != 0 && pid != node);

        var failures = Failures(alpha);
        Assert.All(failures, e => Assert.Contains("LimitNPROC", e.Remedy, StringComparison.Ordinal));
        // 100 ms, 200 ms, 400 ms ...: each wait is twice the one before. A busy machine makes them longer, not shorter.
        for (var i = 1; i < failures.Count; i++)
            Assert.True(failures[i].Time - failures[i - 1].Time >= TimeSpan.FromMilliseconds(90 << i - 1), string.Join(", ", failures.Select(e => e.Time)));
        scene.AssertOnlyOwner(scene.Alpha, advertisements: 5);
        var after = alpha.TryRouter("db")!;
        Assert.Equal((before.State, before.Transitions, before.Since), (after.State, after.Transitions, after.Since));
        Assert.Equal(1, beta.TryRouter("db")!.Transitions);
        Assert.DoesNotContain(scene.Ear.Since(killed), heard => heard.IsResignation);
        foreach (var probe in scene.Probes)
        {
            var gap = probe.Snapshot().LongestGap(killed, Instant.Never)!;
            Assert.True(gap.Length < TimeSpan.FromMilliseconds(50) + 2 * gap.LongestStall, gap.ToString());
        }
    }

    [Fact]
    public void A_node_that_cannot_be_started_for_long_costs_the_role_in_order_and_comes_back_when_it_can()
    {
        using var scene = new VipScene();
        var (alpha, beta) = Start(scene);

        var usual = Limit(scene, alpha, "1");
        var killed = LabClock.Now;
        alpha.Process.SignalMember(DaemonMember.Find(alpha, DaemonMember.Node), Signals.Kill);
        beta.WaitForState("db", VirtualRouterState.Active, TimeSpan.FromSeconds(20));
        scene.WaitUntilServedBy(scene.Beta);

        Assert.Contains(scene.Ear.Since(killed), heard => heard.IsResignation);
        Condition.WaitFor("alpha to hold no VIP", () => !scene.Alpha.Addresses().Any(scene.Vips.Contains));
        scene.AssertOutage(killed, scene.SkewOf(100));
        Assert.InRange(Failures(alpha).Count, 4, 10);
        Assert.True(!alpha.Process.Exited, alpha.Process.Tail());

        Limit(scene, alpha, usual);
        alpha.WaitForState("db", VirtualRouterState.Active, TimeSpan.FromSeconds(30));
        scene.WaitUntilServedBy(scene.Alpha);
        scene.AssertOnlyOwner(scene.Alpha);
    }

    private static (VigieDaemon Alpha, VigieDaemon Beta) Start(VipScene scene)
    {
        var unit = VigieUnit.Start(scene.Alpha, scene.Yaml(scene.Alpha, 150), new VigieUnitOptions { User = User });
        unit.WaitUntilReady();
        unit.Daemon.WaitForState("db", VirtualRouterState.Active);
        var beta = scene.Start(scene.Beta, 100, VirtualRouterState.Backup);
        scene.Probe();
        scene.WaitUntilServedBy(scene.Alpha);
        return (unit.Daemon, beta);
    }

    /// <summary>How many processes and threads the daemon's user may have when the guardian wants another one; says how many it was before.</summary>
    private static string Limit(VipScene scene, VigieDaemon daemon, string most)
    {
        // As the user itself: where root may not raise limits, it may not look at another user's either.
        var (user, guardian) = ($"{User}", daemon.Process.Pid.ToString(CultureInfo.InvariantCulture));
        string[] limits = ["--reuid", user, "--regid", user, "--clear-groups", "--inh-caps=-all", "--", "prlimit", "--pid", guardian];
        var before = scene.Alpha.Execute("setpriv", [.. limits, "--nproc", "--noheadings", "--output=SOFT"]).Trim();
        scene.Alpha.Execute("setpriv", [.. limits, $"--nproc={most}:"]);
        return before;
    }

    private static List<EventDocument> Failures(VigieDaemon daemon) =>
        [.. daemon.Events().Events.Where(e => e.Kind == "node_start_failed")];
}
