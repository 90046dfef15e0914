using Vigie.Contract;
using Vigie.Core;
using Vigie.Lab.Daemons;
using Vigie.Lab.Processes;
using Vigie.Lab.Tests.Faults;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>Nodes that die while something else is going on, and hosts that have trouble starting another one.</summary>
public sealed class NodeDeathTests
{
    [Fact]
    public void A_node_that_is_killed_again_and_again_while_its_host_is_drained_does_not_bring_the_role_back()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();

        var began = LabClock.Now;
        var drain = new Thread(() => scene.Alpha.TryExecute(VigieDaemon.FindExecutable(), "drain", "--socket", scene.Alpha.SocketPath));
        drain.Start();
        for (var i = 0; i < 5; i++)
            KillNode(alpha);
        Assert.True(drain.Join(TimeSpan.FromSeconds(20)), "the drain was never answered");

        scene.WaitUntilServedBy(scene.Beta, TimeSpan.FromSeconds(20));
        Condition.WaitFor("alpha to come to rest", () => alpha.TryStatus() is { Guardian.Covering: false } status
            && status.VirtualRouters[0] is { State: VirtualRouterState.Backup, StandsAside: "drain" }, TimeSpan.FromSeconds(20));
        Condition.WaitFor("alpha to hold no VIP", () => !scene.Alpha.Addresses().Any(scene.Vips.Contains));
        scene.AssertOutage(began, scene.SkewOf(100));
        scene.AssertOnlyOwner(scene.Beta);
        Assert.Equal(VirtualRouterState.Active, beta.TryRouter("db")!.State);
    }

    [Fact]
    public void Nodes_that_are_killed_while_they_take_a_configuration_end_with_the_last_one_and_keep_the_role()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        var taken = beta.TryRouter("db")!.Transitions;

        for (byte priority = 160; priority < 165; priority++)
        {
            File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), scene.Yaml(scene.Alpha, priority));
            var (exit, said) = (-1, "");
            var reload = new Thread(() => (exit, _, said) = scene.Alpha.TryExecute(VigieDaemon.FindExecutable(), "reload", "--socket", scene.Alpha.SocketPath));
            reload.Start();
            KillNode(alpha);
            Assert.True(reload.Join(TimeSpan.FromSeconds(20)), "the reload was never answered");
            Assert.True(exit is ExitCode.Ok or ExitCode.Failed, $"the reload was answered by {exit}: {said}");
        }

        Condition.WaitFor(
            "a reload to be taken", () => scene.Alpha.TryExecute(VigieDaemon.FindExecutable(), "reload", "--socket", scene.Alpha.SocketPath).ExitCode == ExitCode.Ok,
            TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(100));
        alpha.WaitForRouter("db", "priority 164", router => router is { Priority: 164, State: VirtualRouterState.Active }, TimeSpan.FromSeconds(20));
        Assert.Equal(taken, beta.TryRouter("db")!.Transitions);
        Assert.DoesNotContain(scene.Ear.Advertisements, heard => heard.IsResignation);
        scene.AssertOnlyOwner(scene.Alpha);
    }

    [Fact]
    public void An_executable_that_is_replaced_or_removed_while_it_runs_is_still_what_is_started_again()
    {
        using var scene = new VipScene();
        var copy = Path.Combine(scene.Alpha.Directory, "vigie-copy");
        var alpha = VigieDaemon.StartThrough(scene.Alpha, scene.Yaml(scene.Alpha, 150), ["sh", "-c", $"cp \"$0\" {copy} && exec {copy} \"$@\""]);
        alpha.WaitForState("db", VirtualRouterState.Active);
        var beta = scene.Start(scene.Beta, 100, VirtualRouterState.Backup);
        var transitions = beta.TryRouter("db")!.Transitions;

        File.WriteAllText(copy + ".new", "not a program");
        File.Move(copy + ".new", copy, overwrite: true); // as a package manager does it
        KillNode(alpha);
        Condition.WaitFor("another node", () => alpha.TryStatus() is { Guardian: { NodeRestarts: 1, Covering: false } }, TimeSpan.FromSeconds(20));

        File.Delete(copy);
        var control = DaemonMember.Find(alpha, DaemonMember.Control);
        alpha.Process.SignalMember(control, Signals.Kill);
        KillNode(alpha);
        Condition.WaitFor("both again", () => alpha.TryStatus() is { Guardian: { NodeRestarts: 2, ControlRestarts: 1, Covering: false } }, TimeSpan.FromSeconds(20));

        Assert.Equal(VirtualRouterState.Active, alpha.TryRouter("db")!.State);
        Assert.Equal(transitions, beta.TryRouter("db")!.Transitions);
        scene.AssertOnlyOwner(scene.Alpha);
    }

    [Fact]
    public void A_host_on_which_no_process_can_be_started_for_a_while_keeps_the_role_meanwhile()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        var transitions = beta.TryRouter("db")!.Transitions;
        var guardian = alpha.Process.Pid;

        scene.Alpha.Execute("prlimit", "--pid", $"{guardian}", "--nofile=5:"); // no descriptor left, not even for a child
        KillNode(alpha);
        Condition.WaitFor("a start that fails", () => alpha.Events().Events.Any(e => e.Kind == "node_start_failed"));
        scene.Alpha.Execute("prlimit", "--pid", $"{guardian}", "--nofile=1024:");
        Condition.WaitFor("another node", () => alpha.TryStatus() is { Guardian: { Covering: false, NodePid: > 0 } }, TimeSpan.FromSeconds(20));

        Assert.Equal(VirtualRouterState.Active, alpha.TryRouter("db")!.State);
        Assert.Equal(transitions, beta.TryRouter("db")!.Transitions);
        Assert.DoesNotContain(scene.Ear.Advertisements, heard => heard.IsResignation);
        scene.AssertOnlyOwner(scene.Alpha);
    }

    private static void KillNode(VigieDaemon daemon)
    {
        int? found = null;
        Condition.WaitFor("a node process", () => (found = DaemonMember.TryFind(daemon, DaemonMember.Node)) is not null, TimeSpan.FromSeconds(20));
        daemon.Process.SignalMember(found!.Value, Signals.Kill);
        Condition.WaitFor("it to be dead", () => DaemonMember.TryFind(daemon, DaemonMember.Node) != found);
    }
}
