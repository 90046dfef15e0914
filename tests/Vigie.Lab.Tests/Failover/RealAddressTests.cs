using Vigie.Contract;
using Vigie.Lab.Probes;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>A VIP leaves a host's own addresses alone, before, during and after each kind of failover.</summary>
public sealed class RealAddressTests
{
    [Fact]
    public void Real_addresses_answer_and_stay_the_source_of_the_hosts_own_connections()
    {
        using var scene = new VipScene();
        var watch = RealAddressWatch.Start(scene.Client, scene.Competitors);
        watch.WaitForRounds(2);
        var (alpha, beta) = scene.StartPair();
        scene.Start(scene.Gamma, 50, VirtualRouterState.Backup);
        watch.WaitForRounds(2);

        // A planned stop, and the owner's return.
        alpha.Stop();
        scene.WaitUntilServedBy(scene.Beta);
        watch.WaitForRounds(2);
        alpha = scene.Start(scene.Alpha, 150, VirtualRouterState.Active);
        scene.WaitUntilServedBy(scene.Alpha);
        watch.WaitForRounds(2);

        // A crash of everything: the kernel still holds the VIP for a while.
        alpha.Kill();
        scene.WaitUntilServedBy(scene.Beta);
        Condition.WaitFor("the kernel to let go", () => !scene.Alpha.Addresses().Any(scene.Vips.Contains));
        watch.WaitForRounds(2);
        alpha = scene.Start(scene.Alpha, 150, VirtualRouterState.Active);

        // A lost link; only alpha itself cannot be reached meanwhile.
        watch.Excuse(scene.Alpha);
        scene.Lan.Faults.LinkDown(scene.Alpha.Interface("eth0"));
        scene.WaitUntilServedBy(scene.Beta);
        watch.WaitForRounds(2);
        scene.Lan.Faults.LinkUp(scene.Alpha.Interface("eth0"));
        alpha.WaitForState("db", VirtualRouterState.Active);
        scene.WaitUntilServedBy(scene.Alpha);
        watch.Expect(scene.Alpha);
        watch.WaitForRounds(5);

        Assert.Equal(VirtualRouterState.Backup, beta.TryRouter("db")!.State);
        Assert.Empty(watch.Problems);
    }
}
