using Vigie.Contract;
using Vigie.Core;
using Vigie.Lab.Daemons;
using Vigie.Lab.Processes;
using Vigie.Lab.Tests.Faults;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>Processes of ours that die or hang while the host and its service are fine: nothing moves.</summary>
public sealed class GuardianTests
{
    [Theory]
    [InlineData(1000)]
    [InlineData(100)]
    public void A_node_that_crashes_costs_nothing(int interval) => Survives(interval, Signals.Kill);

    [Theory]
    [InlineData(1000)]
    [InlineData(100)]
    public void A_node_that_hangs_is_replaced_and_costs_nothing(int interval) => Survives(interval, Signals.Stop);

    // A machine that stalls for 20 ms, as busy virtual ones do, rightly costs the role at this interval.
    [Theory]
    [Trait("Category", "long")]
    [InlineData(Signals.Kill)]
    [InlineData(Signals.Stop)]
    public void The_same_at_ten_milliseconds(int signal) => Survives(10, signal);

    [Fact]
    public void A_node_that_never_comes_back_costs_the_role_in_order_and_not_for_ever()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();

        var began = LabClock.Now;
        var dead = new HashSet<int>();
        while (!alpha.Events().Events.Any(e => e.Kind == "last_will"))
        {
            Assert.True(LabClock.Now - began < TimeSpan.FromSeconds(30), "the role was never given up");
            if (DaemonMember.TryFind(alpha, DaemonMember.Node) is { } node && dead.Add(node))
                alpha.Process.SignalMember(node, Signals.Kill);
        }

        scene.WaitUntilServedBy(scene.Beta);
        Assert.Contains(scene.Ear.Since(began), heard => heard.IsResignation);
        Condition.WaitFor("alpha to hold no VIP", () => !scene.Alpha.Addresses().Any(scene.Vips.Contains));
        scene.AssertOutage(began, scene.SkewOf(100));
        Assert.Equal(VirtualRouterState.Active, beta.TryRouter("db")!.State);

        // Nobody kills it any more: restarts have gone on, and the better host preempts as always.
        alpha.WaitForState("db", VirtualRouterState.Active, TimeSpan.FromSeconds(30));
        scene.WaitUntilServedBy(scene.Alpha);
        scene.AssertOnlyOwner(scene.Alpha);
    }

    [Fact]
    public void A_guardian_that_dies_takes_the_others_with_it_in_order()
    {
        using var scene = new VipScene();
        var (alpha, _) = scene.StartPair();

        var killed = LabClock.Now;
        alpha.Process.SignalMember(alpha.Process.Pid, Signals.Kill);
        scene.WaitUntilServedBy(scene.Beta);

        scene.AssertOutage(killed, scene.SkewOf(100));
        Assert.Contains(scene.Ear.Since(killed), heard => heard.IsResignation);
        Condition.WaitFor("alpha to hold no VIP", () => !scene.Alpha.Addresses().Any(scene.Vips.Contains));
        scene.AssertOnlyOwner(scene.Beta);
    }

    [Fact]
    public void A_guardian_that_is_stopped_for_a_while_changes_nothing()
    {
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromMilliseconds(10) });
        var (alpha, beta) = scene.StartPair();
        var before = alpha.TryRouter("db")!;

        alpha.Process.SignalMember(alpha.Process.Pid, Signals.Stop);
        var mac = scene.Alpha.Interface("eth0").Mac;
        scene.Ear.WaitFor("advertisement without a guardian", 300, heard => heard.Mac == mac);
        alpha.Process.SignalMember(alpha.Process.Pid, Signals.Continue);
        scene.Ear.WaitFor("advertisement with it again", 100, heard => heard.Mac == mac);

        var after = alpha.Status();
        Assert.Equal((VirtualRouterState.Active, before.Transitions), (after.VirtualRouters[0].State, after.VirtualRouters[0].Transitions));
        Assert.Equal((0L, 0L), (after.Guardian!.NodeRestarts, after.Guardian.NodeKills));
        Assert.Equal(1, beta.TryRouter("db")!.Transitions);
        scene.AssertOnlyOwner(scene.Alpha);
    }

    [Fact]
    public void A_node_that_crashes_after_a_reload_comes_back_with_the_new_configuration()
    {
        using var scene = new VipScene();
        var (alpha, _) = scene.StartPair();
        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), scene.Yaml(scene.Alpha, 170));
        Assert.Equal(200, alpha.Reload().Status);
        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), "this: is broken"); // what stands on the disk does not matter

        var node = DaemonMember.TryFind(alpha, DaemonMember.Node)!.Value;
        alpha.Process.SignalMember(node, Signals.Kill);
        Condition.WaitFor("another node", () => alpha.TryStatus()?.Guardian?.NodeRestarts == 1);

        alpha.WaitForRouter("db", "priority 170", router => router is { Priority: 170, State: VirtualRouterState.Active });
        scene.AssertOnlyOwner(scene.Alpha);
    }

    private static void Survives(int interval, int signal)
    {
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromMilliseconds(interval) });
        var (alpha, beta) = scene.StartPair();
        var before = alpha.TryRouter("db")!;
        var betaBefore = beta.TryRouter("db")!;
        var node = DaemonMember.TryFind(alpha, DaemonMember.Node)!.Value;
        var mac = scene.Alpha.Interface("eth0").Mac;

        var struck = LabClock.Now;
        alpha.Process.SignalMember(node, signal);
        Condition.WaitFor("another node process", () => DaemonMember.TryFind(alpha, DaemonMember.Node) is { } another && another != node, TimeSpan.FromSeconds(20));
        Condition.WaitFor("it to answer", () => alpha.TryStatus() is { Guardian: { NodeRestarts: 1, Covering: false } }, TimeSpan.FromSeconds(20));
        scene.Ear.WaitFor("advertisement of the new node", 5, heard => heard.Mac == mac);

        var after = alpha.TryRouter("db")!;
        Assert.True((VirtualRouterState.Active, before.Transitions, before.Reason) == (after.State, after.Transitions, after.Reason), alpha.Process.Tail());
        Assert.True(after.Advertisements.Sent >= before.Advertisements.Sent, "counters went on");
        Assert.Equal(betaBefore.Transitions, beta.TryRouter("db")!.Transitions);
        scene.AssertOnlyOwner(scene.Alpha, advertisements: 5);
        Assert.DoesNotContain(scene.Ear.Since(struck), heard => heard.IsResignation);
        foreach (var probe in scene.Probes)
        {
            var gap = probe.Snapshot().LongestGap(struck, Instant.Never)!;
            Assert.True(gap.Length < TimeSpan.FromMilliseconds(50) + 2 * gap.LongestStall, gap.ToString());
        }

        Assert.Equal(ExitCode.Ok, alpha.Stop());
        Assert.DoesNotContain(scene.Alpha.Addresses(), scene.Vips.Contains);
    }
}
