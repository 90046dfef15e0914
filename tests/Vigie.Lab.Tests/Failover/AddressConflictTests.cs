using Vigie.Contract;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>Somebody else holds the VIP when a host begins (docs/decisions/0009-address-guarding.md).</summary>
public sealed class AddressConflictTests
{
    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void A_host_that_holds_the_VIP_keeps_the_role_until_it_lets_go(IpFamily family)
    {
        using var scene = new VipScene();
        var prefix = scene.Setup.Addresses.Single(prefix => prefix.Family == family);
        var stranger = scene.Gamma.Interface("eth0").Mac.ToString();
        scene.Gamma.Ip($"addr add {prefix} dev eth0{(family == IpFamily.IPv6 ? " nodad" : "")}");

        // Both of the cluster begin at once: their questions cross, and neither takes the other's for a claim.
        var alpha = scene.Start(scene.Alpha, 150);
        var beta = scene.Start(scene.Beta, 100);
        foreach (var daemon in (VigieDaemon[])[alpha, beta])
        {
            daemon.WaitForState("db", VirtualRouterState.Fault);
            var status = daemon.TryRouter("db")!;
            Assert.Contains(prefix.Address.ToString(), status.Reason, StringComparison.Ordinal);
            Assert.Contains(stranger, status.Reason, StringComparison.Ordinal);
            Assert.Contains("eth0", status.Reason, StringComparison.Ordinal);
            Assert.NotNull(status.Remedy);
            var told = daemon.Events().Events.First(e => e.Kind == "address_conflict");
            Assert.Equal((prefix.ToString(), stranger), (told.Data["address"], told.Data["mac"]));
        }

        // It is asked again, and answers again: nobody of ours advertises or holds anything.
        Condition.WaitFor("many questions", () => scene.Ear.Probes.Count(asked => asked.Address == prefix.Address) >= 10);
        Assert.Empty(scene.Ear.Advertisements);
        foreach (var host in (LabHost[])[scene.Alpha, scene.Beta])
            Assert.DoesNotContain(host.Addresses(), vip => scene.Vips.Contains(vip));

        scene.Gamma.DeleteAddress(prefix);
        scene.Probe();
        alpha.WaitForState("db", VirtualRouterState.Active);
        scene.WaitUntilServedBy(scene.Alpha);
        scene.AssertOnlyOwner(scene.Alpha);
        Assert.Equal(VirtualRouterState.Backup, beta.TryRouter("db")!.State);
    }

    /// <summary>The kernel of a host on which nothing of ours lives goes on answering until the lifetimes are over.</summary>
    [Fact]
    public void What_a_peer_left_that_was_killed_is_waited_for_and_no_longer()
    {
        using var scene = new VipScene();
        var alpha = scene.Start(scene.Alpha, 150, VirtualRouterState.Active);
        alpha.Kill();
        var beta = scene.Start(scene.Beta, 100, VirtualRouterState.Fault);
        Assert.Contains(scene.Alpha.Interface("eth0").Mac.ToString(), beta.TryRouter("db")!.Reason, StringComparison.Ordinal);

        Condition.WaitFor("the kernel to remove the VIPs", () => !scene.Alpha.Addresses().Any(scene.Vips.Contains));
        var gone = LabClock.Now;
        beta.WaitForState("db", VirtualRouterState.Active);

        // Half a second until it asks again, and three questions; ten times that.
        Assert.True(LabClock.Now - gone < 10 * TimeSpan.FromSeconds(0.8), $"{LabClock.Now - gone}");
        scene.Probe();
        scene.WaitUntilServedBy(scene.Beta);
        scene.AssertOnlyOwner(scene.Beta);
        Assert.Equal(0, beta.TryRouter("db")!.ForeignClaims);
    }

    [Fact]
    public void An_owner_that_runs_is_joined_and_taken_over_from_without_a_question()
    {
        // At 1 s the first question would come half a second after the owner's next word is due; at 100 ms a busy machine could ask before it.
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromSeconds(1) });
        var (alpha, beta) = scene.StartPair();

        scene.Lan.Faults.Block(scene.Alpha.Interface("eth0"));
        scene.WaitUntilServedBy(scene.Beta);

        var mac = scene.Beta.Interface("eth0").Mac;
        var took = scene.Ear.Advertisements.First(heard => heard.Mac == mac).At;
        Assert.DoesNotContain(scene.Ear.Probes, asked => asked.Mac == mac && asked.At < took);
        Assert.DoesNotContain(beta.Events().Events, e => e.Kind == "address_conflict");
        Assert.Equal(VirtualRouterState.Active, alpha.TryRouter("db")!.State); // nobody contradicts it on its side
    }
}
