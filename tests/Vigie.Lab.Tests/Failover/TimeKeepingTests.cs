using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;
using Vigie.Lab.Processes;
using Vigie.Lab.Tests.Faults;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>A host that cannot keep time leaves the role to one that can; a machine that is only busy moves nothing.</summary>
public sealed class TimeKeepingTests
{
    private const string MostSeconds = "90"; // a load ends by itself, whatever becomes of the test

    [Fact]
    public void A_node_that_is_held_up_again_and_again_leaves_its_role_and_comes_back_when_it_is_not()
    {
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromMilliseconds(20) });
        var (alpha, _) = scene.StartPair();
        var node = DaemonMember.Find(alpha, DaemonMember.Node);

        var began = LabClock.Now;
        // 60 ms of three intervals without running, 20 ms with: the guardian speaks for it meanwhile.
        var limp = scene.Gamma.Start("timeout", [MostSeconds, "sh", "-c", "while kill -STOP $1; do sleep 0.06; kill -CONT $1; sleep 0.02; done", "sh", $"{node}"]);
        alpha.WaitForRouter("db", "the role to be left", router => router is { State: VirtualRouterState.Backup, KeepsTime: false }, TimeSpan.FromSeconds(40));
        scene.WaitUntilServedBy(scene.Beta);
        scene.AssertOutage(began, scene.ActiveDownOf(100), leftBehind: true);
        var events = alpha.Events().Events;
        Assert.Contains(events, e => e.Kind == "cannot_keep_time" && e.Remedy is not null);
        Assert.Contains(events, e => e.Kind == "state_changed" && e.Data["cause"] == "CannotKeepTime");
        Assert.Contains(events, e => e.Kind == "preemption_held");
        Assert.Contains(scene.Ear.Since(began), heard => heard.IsResignation && heard.Mac == scene.Alpha.Interface("eth0").Mac);
        // It was late, not dead.
        Assert.Equal(node, DaemonMember.Find(alpha, DaemonMember.Node));
        Assert.InRange(alpha.TryRouter("db")!.Lateness.Late, 15, long.MaxValue);
        Condition.WaitFor("alpha to hold no VIP", () => !scene.Alpha.Addresses().Any(scene.Vips.Contains));
        scene.AssertOnlyOwner(scene.Beta, 100);

        limp.Kill();
        alpha.Process.SignalMember(node, Signals.Continue);
        alpha.WaitForState("db", VirtualRouterState.Active, TimeSpan.FromSeconds(60));
        scene.WaitUntilServedBy(scene.Alpha);
        Assert.Contains(alpha.Events().Events, e => e.Kind == "keeps_time_again");
        scene.AssertOnlyOwner(scene.Alpha);
    }

    [Fact]
    public void Busy_processors_and_a_busy_disk_move_no_role_at_ten_milliseconds()
    {
        const int Advertisements = 6000; // of both families: half a minute
        const int Explained = 10; // stalls of the whole machine
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromMilliseconds(10) });
        scene.StartPair();
        scene.Start(scene.Gamma, 50, VirtualRouterState.Backup);
        scene.WaitUntilServedBy(scene.Alpha);
        var owner = scene.Alpha.Interface("eth0").Mac;

        LabProcess[] load =
        [
            .. Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => scene.Client.Start("timeout", [MostSeconds, "sh", "-c", "while :; do :; done"])),
            scene.Client.Start("timeout", [MostSeconds, "sh", "-c", "while dd if=/dev/zero of=written bs=1M count=64 conv=fsync status=none; do :; done"]),
        ];
        var capture = WireCapture.Start(scene.Client, "proto 112");
        var began = LabClock.Now;
        scene.Ear.WaitFor(began, "advertisement", Advertisements, _ => true, TimeSpan.FromSeconds(80));
        Assert.All(load, process => Assert.False(process.Exited, process.Tail()));
        foreach (var process in load)
            process.Kill();

        // By the kernel's own times: whoever reads is as late as anybody.
        var heard = capture.Stop().Select(WireAdvertisement.Read).OfType<WireAdvertisement>().Where(advertisement => !advertisement.IsResignation).ToArray();
        Assert.InRange(heard.Length, Advertisements / 2, int.MaxValue);
        var takeovers = Enumerable.Range(1, heard.Length - 1).Where(i => heard[i].Mac != owner && heard[i - 1].Mac == owner).ToArray();
        // Nobody takes over from an Active that was heard. That nothing was heard for three intervals is the machine's doing.
        Assert.All(takeovers, i => Assert.True(
            heard[i].At - heard[i - 1].At >= 3 * scene.Setup.Interval,
            $"taken over {(heard[i].At - heard[i - 1].At).TotalMilliseconds:0.0} ms after alpha was heard:\n{scene.Ear.Describe(began)}"));
        Assert.InRange(takeovers.Length, 0, Explained);
        scene.WaitUntilServedBy(scene.Alpha);
    }
}
