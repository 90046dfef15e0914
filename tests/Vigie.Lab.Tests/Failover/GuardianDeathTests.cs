using Vigie.Contract;
using Vigie.Core;
using Vigie.Lab.Daemons;
using Vigie.Lab.Processes;
using Vigie.Lab.Tests.Faults;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>The guardian's end at the worst moment, and its work while it is watched closely.</summary>
public sealed class GuardianDeathTests
{
    // Four intervals of 100 ms and two seconds, in whole seconds, and the kernel's own slack.
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromSeconds(3.5);

    [Fact]
    public void A_guardian_that_is_killed_while_it_covers_a_hung_node_costs_the_role_and_makes_no_second_owner()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        var node = DaemonMember.Find(alpha, DaemonMember.Node);
        var mac = scene.Alpha.Interface("eth0").Mac;

        var hung = LabClock.Now;
        alpha.Process.SignalMember(node, Signals.Stop);
        scene.Ear.WaitFor(hung, "advertisement of the guardian", 6, heard => heard.Mac == mac);
        var killed = LabClock.Now;
        alpha.Process.SignalMember(alpha.Process.Pid, Signals.Kill);

        scene.WaitUntilServedBy(scene.Beta);
        scene.AssertOutage(killed, scene.ActiveDownOf(100), leftBehind: true);
        Condition.WaitFor("alpha's kernel to let the VIP go", () => !scene.Alpha.Addresses().Any(scene.Vips.Contains), LongestLifetime);

        // It wakes up to an order to leave that has waited for it, and to a role that is no longer its own.
        var woken = LabClock.Now;
        scene.Alpha.Execute("sh", "-c", $"kill -{Signals.Continue} {node}");
        Condition.WaitFor("the node to end", () => !DaemonMember.Lives(node), TimeSpan.FromSeconds(20));
        scene.AssertOnlyOwner(scene.Beta);
        Assert.DoesNotContain(scene.Ear.Since(woken), heard => heard.Mac == mac && !heard.IsResignation);
        Assert.Equal(VirtualRouterState.Active, beta.TryRouter("db")!.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Guardian_and_node_that_die_within_the_same_millisecond_leave_the_rest_to_the_kernel(bool guardianFirst)
    {
        using var scene = new VipScene();
        var (alpha, _) = scene.StartPair();
        var (guardian, node) = (alpha.Process.Pid, DaemonMember.Find(alpha, DaemonMember.Node));

        var killed = LabClock.Now;
        scene.Alpha.Execute("sh", "-c", guardianFirst ? $"kill -9 {guardian} {node}" : $"kill -9 {node} {guardian}");

        scene.WaitUntilServedBy(scene.Beta);
        scene.AssertOutage(killed, scene.ActiveDownOf(100), leftBehind: true);
        Condition.WaitFor("alpha's kernel to let the VIP go", () => !scene.Alpha.Addresses().Any(scene.Vips.Contains), LongestLifetime);
        scene.AssertOnlyOwner(scene.Beta);
    }

    [Fact]
    public void A_daemon_that_is_stopped_while_its_node_hangs_gives_the_role_up_in_order()
    {
        using var scene = new VipScene();
        var (alpha, _) = scene.StartPair();

        alpha.Process.SignalMember(DaemonMember.Find(alpha, DaemonMember.Node), Signals.Stop);
        var stopped = LabClock.Now;
        Assert.Equal(ExitCode.Ok, alpha.Stop(TimeSpan.FromSeconds(10)));

        Assert.Contains(scene.Ear.Since(stopped), heard => heard.IsResignation);
        Assert.DoesNotContain(scene.Alpha.Addresses(), scene.Vips.Contains);
        scene.WaitUntilServedBy(scene.Beta);
        scene.AssertOutage(stopped, scene.SkewOf(100));
        scene.AssertOnlyOwner(scene.Beta);
    }

    [Fact]
    public void A_guardian_allocates_nothing_while_it_watches_nor_while_it_covers()
    {
        using var scene = new VipScene();
        var (alpha, _) = scene.StartPair();
        WaitForRounds(alpha, 50);
        var before = alpha.Status().Guardian!;
        WaitForRounds(alpha, 50);
        var steady = alpha.Status().Guardian!;
        Assert.Equal((before.SteadyAllocatedBytes, before.Collections), (steady.SteadyAllocatedBytes, steady.Collections));

        // Hung for a second until it is killed: all but the first of these words are rounds in which nothing begins.
        alpha.Process.SignalMember(DaemonMember.Find(alpha, DaemonMember.Node), Signals.Stop);
        Condition.WaitFor("another node", () => alpha.TryStatus()?.Guardian is { NodeKills: 1, Covering: false }, TimeSpan.FromSeconds(20));
        WaitForRounds(alpha, 20);

        var after = alpha.Status().Guardian!;
        Assert.InRange(after.AdvertisementsCovered, 5, 100);
        Assert.Equal(steady.SteadyAllocatedBytes, after.SteadyAllocatedBytes);
    }

    private static void WaitForRounds(VigieDaemon daemon, long count)
    {
        var before = daemon.Status().Guardian!.Rounds;
        Condition.WaitFor("the guardian to look", () => daemon.Status().Guardian!.Rounds >= before + count, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(100));
    }
}
