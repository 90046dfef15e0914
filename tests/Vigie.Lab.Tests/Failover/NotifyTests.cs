using Vigie.Contract;
using Vigie.Lab.Daemons;
using Vigie.Lab.Processes;
using Vigie.Lab.Tests.Faults;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>Scripts of real daemons: they hear of everything in order, and nothing hears of them.</summary>
public sealed class NotifyTests
{
    private const string Record = "echo $VIGIE_NODE $VIGIE_SEQUENCE $VIGIE_PREVIOUS $VIGIE_STATE $VIGIE_REASON $1-$2 >> OUT";

    [Fact]
    public void A_failover_is_told_on_both_hosts_in_order()
    {
        using var scene = new VipScene();
        using var scripts = new ScriptFolder(Record);
        var alpha = Start(scene, scene.Alpha, 150, scripts);
        alpha.WaitForState("db", VirtualRouterState.Active);
        var beta = Start(scene, scene.Beta, 100, scripts);
        beta.WaitUntilFollowing("db");
        scripts.WaitFor("alpha", "1 initialize backup startup db-backup", "2 backup active active_silent db-active");
        scripts.WaitFor("beta", "1 initialize backup startup db-backup");

        Assert.Equal(ExitCode.Ok, alpha.Stop());

        scripts.WaitFor("beta", "1 initialize backup startup db-backup", "2 backup active active_resigned db-active");
        Assert.Equal(
            ["1 initialize backup startup db-backup", "2 backup active active_silent db-active", "3 active initialize shutdown db-initialize"],
            scripts.Of("alpha"));
        Condition.WaitFor("the counters", () => beta.Status().Notify is { Runs: 2, Failures: 0, Waiting: 0, Running: 0, Entries: 1 });

        // A daemon that starts again tells its first state, and counts on.
        alpha = VigieDaemon.StartAgain(scene.Alpha);
        alpha.WaitForState("db", VirtualRouterState.Active);
        Condition.WaitFor("alpha to be told", () => scripts.Of("alpha").Length == 5);
        Assert.Equal(["4 initialize backup startup db-backup", "5 backup active preempted db-active"], scripts.Of("alpha")[3..]);
    }

    [Fact]
    public void The_example_of_the_manual_works_with_its_program_elsewhere()
    {
        using var scene = new VipScene();
        using var scripts = new ScriptFolder("echo \"$VIGIE_NODE $1 $2 $(id -un)\" >> OUT");
        var alpha = VigieDaemon.Start(scene.Alpha, $$"""
            node: alpha
            virtual_routers:
              - {name: db, vrid: 51, interface: eth0, addresses: [10.77.0.100/24], close_connections: true}
            notify:
              - {run: [{{scripts.Script}}, "{name}", "{state}"], on: [active, backup, fault], timeout: 10s, user: nobody}
            """);
        alpha.WaitForState("db", VirtualRouterState.Active);
        scripts.WaitFor("alpha", "db backup nobody", "db active nobody");

        scene.Alpha.LinkDown();
        scripts.WaitFor("alpha", "db backup nobody", "db active nobody", "db fault nobody");
    }

    [Fact]
    public void Scripts_that_hang_flood_and_burn_delay_neither_advertisements_nor_roles()
    {
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromMilliseconds(100) });
        // Two that burn a processor each, one that floods; none listens to SIGTERM.
        using var scripts = new ScriptFolder("trap '' TERM\necho $VIGIE_NODE $VIGIE_STATE >> OUT\n(while :; do :; done) & (while :; do :; done) &\nwhile :; do echo flood; done");
        var alpha = Start(scene, scene.Alpha, 150, scripts, "timeout: 10m");
        alpha.WaitForState("db", VirtualRouterState.Active);
        var beta = scene.Start(scene.Beta, 100, VirtualRouterState.Backup);
        scripts.WaitFor("alpha", "backup"); // and it never ends
        scene.Probe();
        scene.WaitUntilServedBy(scene.Alpha);
        var (before, betaBefore, from) = (alpha.Status(), beta.TryRouter("db")!, LabClock.Now);

        scene.AssertOnlyOwner(scene.Alpha, advertisements: 80);

        var after = alpha.Status();
        Assert.Equal(before.NodeProcess!.Pid, after.NodeProcess!.Pid);
        Assert.Equal((0, 0), (after.Guardian!.NodeRestarts, after.Guardian.NodeKills));
        Assert.Equal(betaBefore.Transitions, beta.TryRouter("db")!.Transitions);
        Assert.Equal(1, after.Notify!.Running);
        Assert.Equal(2, after.Notify.Waiting);
        // The bound is 2 ms; ten times that on a busy machine.
        Assert.InRange(Percentile(before.Lateness, after.Lateness, 0.99), 0, 20_000);
        foreach (var probe in scene.Probes)
        {
            var gap = probe.Snapshot().LongestGap(from, Core.Instant.Never)!;
            Assert.True(gap.Length < TimeSpan.FromMilliseconds(300) + 2 * gap.LongestStall, gap.ToString());
        }

        Assert.Equal(ExitCode.Ok, alpha.Stop()); // nor the end
    }

    [Fact]
    public void A_control_process_that_is_killed_loses_nothing_and_repeats_nothing()
    {
        using var scene = new VipScene();
        using var scripts = new ScriptFolder(Record);
        var alpha = Start(scene, scene.Alpha, 150, scripts);
        alpha.WaitForState("db", VirtualRouterState.Active);
        string[] told = ["1 initialize backup startup db-backup", "2 backup active active_silent db-active"];
        scripts.WaitFor("alpha", told);
        Condition.WaitFor("it to be remembered", () => alpha.Status().Notify is { Runs: 2, Waiting: 0 });

        KillControl(alpha);
        Assert.Equal(0, alpha.Status().Notify!.Runs);
        KillNode(alpha);
        Assert.Equal(told, scripts.Of("alpha")); // neither the one nor the other is a transition

        // While nobody listens, and then again.
        var control = DaemonMember.Find(alpha, DaemonMember.Control);
        alpha.Process.SignalMember(control, Signals.Stop);
        scene.Alpha.LinkDown();
        Condition.WaitFor("the VIP to be gone", () => !scene.Alpha.Holds(scene.Vips[0]));
        alpha.Process.SignalMember(control, Signals.Kill);
        told = [.. told, "3 active fault interface_down db-fault"];
        scripts.WaitFor("alpha", told);
        scene.Alpha.LinkUp();
        alpha.WaitForState("db", VirtualRouterState.Active);
        scripts.WaitFor("alpha", [.. told, "4 fault backup startup db-backup", "5 backup active active_silent db-active"]);
    }

    [Fact]
    public void A_script_that_is_cut_off_with_its_control_process_is_run_again_under_its_number_and_never_twice_at_once()
    {
        using var scene = new VipScene();
        using var scripts = new ScriptFolder(
            "echo $VIGIE_NODE begin $VIGIE_SEQUENCE $$ >> OUT\nwhile [ ! -e DIR/go ]; do sleep 0.02; done\necho $VIGIE_NODE end $VIGIE_SEQUENCE $$ >> OUT");
        var alpha = Start(scene, scene.Alpha, 150, scripts, "timeout: 1m, on: [active]");
        alpha.WaitForState("db", VirtualRouterState.Active);
        Condition.WaitFor("the script to begin", () => scripts.Of("alpha").Length == 1);

        KillControl(alpha);
        Condition.WaitFor("it to begin again", () => scripts.Of("alpha").Length == 2);
        var pids = scripts.Of("alpha").Select(line => line.Split(' ')[2]).ToArray();
        Assert.False(Directory.Exists($"/proc/{pids[0]}"), "the first one lives beside the second");
        scripts.Open("go");

        scripts.WaitFor("alpha", $"begin 2 {pids[0]}", $"begin 2 {pids[1]}", $"end 2 {pids[1]}");
    }

    [Fact]
    public void A_daemon_with_a_user_of_its_own_runs_scripts_as_that_user_and_says_what_another_one_would_need()
    {
        const int User = 64100;
        using var scene = new VipScene();
        using var scripts = new ScriptFolder("echo $VIGIE_NODE $VIGIE_STATE $(id -u) $(grep CapEff /proc/self/status | tr -d '\\t') >> OUT");
        var yaml = $"{scene.Yaml(scene.Alpha, 150)}notify:\n  - {{run: [{scripts.Script}]}}\n  - {{run: [{scripts.Script}], user: daemon, on: [active]}}\n";
        var unit = VigieUnit.Start(scene.Alpha, yaml, new VigieUnitOptions { User = User });
        unit.WaitUntilReady();
        unit.Daemon.WaitForState("db", VirtualRouterState.Active);

        scripts.WaitFor("alpha", $"backup {User} CapEff:0000000000000000", $"active {User} CapEff:0000000000000000");
        Condition.WaitFor("the other one to fail", () => unit.Daemon.Status().Notify is { Runs: 3, Failures: 1 });
        var failure = Assert.Single(unit.Daemon.Events().Events, e => e.Kind == "notify_failed");
        Assert.Contains("may not become daemon", failure.Message, StringComparison.Ordinal);
        Assert.Contains("CAP_SETUID", failure.Remedy, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, unit.Stop());
    }

    private static VigieDaemon Start(VipScene scene, LabHost host, byte priority, ScriptFolder scripts, string more = "timeout: 10s") => VigieDaemon.Start(
        host, $"{scene.Yaml(host, priority)}notify:\n  - {{run: [{scripts.Script}, \"{{name}}\", \"{{state}}\"], {more}}}\n");

    private static void KillControl(VigieDaemon daemon)
    {
        var control = DaemonMember.Find(daemon, DaemonMember.Control);
        daemon.Process.SignalMember(control, Signals.Kill);
        Condition.WaitFor("another control process", () => DaemonMember.TryFind(daemon, DaemonMember.Control) is { } now && now != control && daemon.TryStatus() is not null);
    }

    private static void KillNode(VigieDaemon daemon)
    {
        daemon.Process.SignalMember(DaemonMember.Find(daemon, DaemonMember.Node), Signals.Kill);
        Condition.WaitFor("another node process", () => daemon.TryStatus() is { Guardian: { NodeRestarts: 1, Covering: false } });
        daemon.WaitForState("db", VirtualRouterState.Active);
    }

    /// <summary>Of what happened between the two, in microseconds.</summary>
    private static long Percentile(HostLatenessSummary before, HostLatenessSummary after, double share)
    {
        var earlier = before.Buckets.ToDictionary(bucket => bucket.Max, bucket => bucket.Count);
        var left = (long)Math.Ceiling((after.Count - before.Count) * share);
        foreach (var bucket in after.Buckets)
            if ((left -= bucket.Count - earlier.GetValueOrDefault(bucket.Max)) <= 0)
                return bucket.Max;
        return long.MaxValue;
    }
}
