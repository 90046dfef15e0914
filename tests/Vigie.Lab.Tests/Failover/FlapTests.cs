using Vigie.Contract;
using Vigie.Core.Election;
using Vigie.Lab.Daemons;
using Vigie.Lab.Processes;
using Vigie.Lab.Tests.Faults;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>A host that keeps losing the role by its own fault leaves it to whoever serves, and only to whoever serves.</summary>
public sealed class FlapTests
{
    /// <summary>Ten times what alpha waits before it preempts: enough to see that it does not.</summary>
    private const int LongTime = 36;

    [Fact]
    public void The_third_flap_is_not_followed_by_a_preemption_and_a_dead_Active_is_replaced_all_the_same()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        for (var flap = 1; flap <= FlapDamping.Forgiven; flap++)
        {
            Flap(scene, alpha);
            alpha.WaitForState("db", VirtualRouterState.Active);
            scene.WaitUntilServedBy(scene.Alpha);
        }

        Flap(scene, alpha);
        alpha.WaitForRouter("db", "the role to be held", router => router.PreemptionHeldUntil is not null);
        var held = alpha.TryRouter("db")!;
        Assert.InRange(held.PreemptionHeldUntil!.Value - DateTimeOffset.UtcNow, TimeSpan.FromSeconds(15), FlapDamping.FirstHold);
        Assert.Contains(alpha.Events().Events, e => e.Kind == "preemption_held" && e.Remedy is not null);
        alpha.WaitForState("db", VirtualRouterState.Backup);
        scene.AssertOnlyOwner(scene.Beta, LongTime);

        // The next node process remembers.
        var node = DaemonMember.Find(alpha, DaemonMember.Node);
        alpha.Process.SignalMember(node, Signals.Kill);
        Condition.WaitFor("another node", () => DaemonMember.TryFind(alpha, DaemonMember.Node) is { } other && other != node);
        alpha.WaitForRouter("db", "the hold to be remembered",
            router => router is { State: VirtualRouterState.Backup } && router.PreemptionHeldUntil is { } until
                && (until - held.PreemptionHeldUntil!.Value).Duration() < TimeSpan.FromMilliseconds(10));
        scene.AssertOnlyOwner(scene.Beta, LongTime);

        var cut = LabClock.Now;
        scene.Lan.Faults.Block(scene.Beta.Interface("eth0"));
        beta.Kill();
        scene.WaitUntilServedBy(scene.Alpha);
        scene.AssertOutage(cut, scene.ActiveDownOf(150));
        Assert.Equal(VirtualRouterState.Active, alpha.TryRouter("db")!.State);
    }

    private static void Flap(VipScene scene, VigieDaemon alpha)
    {
        scene.Lan.Faults.LinkDown(scene.Alpha.Interface("eth0"));
        alpha.WaitForState("db", VirtualRouterState.Fault);
        scene.WaitUntilServedBy(scene.Beta);
        scene.Lan.Faults.LinkUp(scene.Alpha.Interface("eth0"));
    }
}
