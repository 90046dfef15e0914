using Vigie.Contract;
using Vigie.Lab.Processes;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>Hosts, links and processes that die without a word.</summary>
public sealed class SuddenDeathTests
{
    [Fact]
    public void After_a_power_cut_the_VIP_moves_within_the_down_interval()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();

        var cut = LabClock.Now;
        scene.Lan.Faults.Block(scene.Alpha.Interface("eth0"));
        alpha.Kill();
        scene.WaitUntilServedBy(scene.Beta);

        scene.AssertOutage(cut, scene.ActiveDownOf(100));
        Assert.Equal("no Active was heard", beta.TryRouter("db")!.Reason);
        Assert.DoesNotContain(scene.Ear.Since(cut), heard => heard.IsResignation);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_that_goes_down_moves_the_VIP_and_coming_up_brings_it_back(bool onTheHostsSide)
    {
        using var scene = new VipScene();
        var (alpha, _) = scene.StartPair();
        var port = scene.Alpha.Interface("eth0");

        var down = LabClock.Now;
        if (onTheHostsSide)
            scene.Alpha.LinkDown();
        else
            scene.Lan.Faults.LinkDown(port);
        alpha.WaitForState("db", VirtualRouterState.Fault);
        scene.WaitUntilServedBy(scene.Beta);
        scene.AssertOutage(down, scene.ActiveDownOf(100));
        var status = alpha.TryRouter("db")!;
        Assert.Equal("the interface is down or has no carrier", status.Reason);
        Assert.Contains("ip link set eth0 up", status.Remedy, StringComparison.Ordinal);
        Condition.WaitFor("alpha to hold no VIP", () => !scene.Alpha.Addresses().Any(scene.Vips.Contains));

        if (onTheHostsSide)
            scene.Alpha.LinkUp();
        else
            scene.Lan.Faults.LinkUp(port);
        alpha.WaitForState("db", VirtualRouterState.Active);
        scene.WaitUntilServedBy(scene.Alpha);
        scene.AssertOnlyOwner(scene.Alpha);
    }

    [Fact]
    public void When_everything_of_Vigie_is_killed_the_kernel_removes_the_VIPs_by_itself()
    {
        using var scene = new VipScene();
        var alpha = scene.Start(scene.Alpha, 150, VirtualRouterState.Active);
        // At 100 ms the lifetime is 2 s. The kernel sweeps at most once a second, and a busy machine is no fault of the product:
        // ten times the half second that is allowed for it, as in LifetimeTests.
        var bound = TimeSpan.FromSeconds(2 + 10 * 0.5);

        var killed = LabClock.Now;
        alpha.Kill();
        Assert.Empty(alpha.Process.Exited ? [] : alpha.Process.Tree());
        Assert.Equal(scene.Vips.Order(), scene.Alpha.Addresses().Where(scene.Vips.Contains).Order());
        Condition.WaitFor("the kernel to remove the VIPs", () => !scene.Alpha.Addresses().Any(scene.Vips.Contains));

        Assert.InRange(LabClock.Now - killed, TimeSpan.FromSeconds(1), bound);
    }

    [Fact]
    public void With_a_peer_the_peer_serves_before_the_kernel_lets_go()
    {
        using var scene = new VipScene();
        var (alpha, _) = scene.StartPair();

        var killed = LabClock.Now;
        alpha.Kill();
        // The dead owner's kernel still answers; the new owner's announcement takes the client over without a gap.
        scene.WaitUntilServedBy(scene.Beta);
        Condition.WaitFor("the kernel to remove the VIPs", () => !scene.Alpha.Addresses().Any(scene.Vips.Contains));

        scene.AssertOutage(killed, scene.ActiveDownOf(100), leftBehind: true);
        scene.AssertOnlyOwner(scene.Beta);
    }

    [Fact]
    public void A_control_process_that_is_killed_comes_back_and_no_role_changes()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        var before = alpha.TryRouter("db")!;
        var members = alpha.Process.Tree();
        var control = members.Single(pid => CommandLine(pid).Contains("control", StringComparison.Ordinal));

        var killed = LabClock.Now;
        alpha.Process.SignalMember(control, Signals.Kill);
        Condition.WaitFor("another control process", () => alpha.Process.Tree().Any(pid => !members.Contains(pid)));
        alpha.WaitUntilListening();

        var after = alpha.TryRouter("db")!;
        Assert.Equal((VirtualRouterState.Active, before.Transitions), (after.State, after.Transitions));
        // Each control process translates the node's clock into calendar time by itself, to the microsecond or so.
        Assert.Equal(before.Since!.Value, after.Since!.Value, TimeSpan.FromMilliseconds(1));
        Assert.True(after.Advertisements.Sent >= before.Advertisements.Sent);
        Assert.Equal(1, beta.TryRouter("db")!.Transitions);
        scene.AssertOnlyOwner(scene.Alpha);
        foreach (var probe in scene.Probes)
        {
            var gap = probe.Snapshot().LongestGap(killed, Core.Instant.Never)!;
            Assert.True(gap.Length < TimeSpan.FromMilliseconds(50) + 2 * gap.LongestStall, gap.ToString());
        }

        Assert.Equal(ExitCode.Ok, alpha.Stop());
    }

    private static string CommandLine(int pid) => File.ReadAllText($"/proc/{pid}/cmdline");
}
