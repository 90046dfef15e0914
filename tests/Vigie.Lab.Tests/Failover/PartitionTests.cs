using Vigie.Contract;
using Vigie.Core;
using Vigie.Lab.Daemons;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>Two owners, each on its side of a split, meet again.</summary>
public sealed class PartitionTests
{
    [Theory]
    [InlineData(1000)]
    [InlineData(100)]
    public void After_a_healed_partition_one_owner_is_left_within_an_interval_and_the_client_knows_it(int interval)
    {
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromMilliseconds(interval) });
        var (alpha, beta) = scene.StartPair();
        var (ofAlpha, ofBeta) = (scene.Alpha.Interface("eth0").Mac, scene.Beta.Interface("eth0").Mac);
        // The client is on the side of the host that will lose.
        scene.Lan.Faults.Partition([scene.Alpha.Interface("eth0")], [scene.Beta.Interface("eth0"), scene.Client.Interface("eth0")]);
        beta.WaitForState("db", VirtualRouterState.Active);
        scene.WaitUntilServedBy(scene.Beta);
        Assert.Equal(VirtualRouterState.Active, alpha.TryRouter("db")!.State);

        var transitions = alpha.TryRouter("db")!.Transitions;
        var healed = LabClock.Now;
        scene.Lan.Faults.UndoAll();
        beta.WaitForState("db", VirtualRouterState.Backup);
        scene.WaitUntilServedBy(scene.Alpha);

        // An interval until either speaks, and ten times the 20 ms that the loser may take to fall silent.
        var last = scene.Ear.Since(healed).LastOrDefault(heard => heard.Mac == ofBeta);
        Assert.True(last is null || last.At - healed <= scene.Setup.Interval + TimeSpan.FromMilliseconds(200), $"{last}");
        foreach (var probe in scene.Probes)
        {
            var gap = probe.Snapshot().LongestGap(healed, Instant.Never)!;
            Assert.True(gap.Length <= 10 * (scene.Setup.Interval + TimeSpan.FromMilliseconds(20)) + gap.LongestStall, gap.ToString());
        }

        // The winner has said so again: every address, several times, after the loser's last word.
        foreach (var vip in scene.Vips)
            Condition.WaitFor($"announcements of {vip}", () => scene.Ear.Announcements.Count(said => said.At >= healed && said.Address == vip && said.Mac == ofAlpha) >= 5);
        scene.AssertOnlyOwner(scene.Alpha);
        Assert.Equal(transitions, alpha.TryRouter("db")!.Transitions);
        Condition.WaitFor("beta to let go", () => !scene.Beta.Addresses().Any(vip => scene.Vips.Contains(vip)));
    }

    /// <summary>A station that keeps claiming the VIP is contradicted for as long as it does, and clients stay with the owner.</summary>
    [Fact]
    public void Announcements_are_repeated_while_foreign_claims_are_seen()
    {
        using var scene = new VipScene();
        var alpha = scene.Start(scene.Alpha, 150, VirtualRouterState.Active);
        scene.Probe();
        scene.WaitUntilServedBy(scene.Alpha);
        using var gamma = new RawFrames(scene.Gamma);
        var own = scene.Alpha.Interface("eth0").Mac;

        var began = LabClock.Now;
        Condition.WaitFor("four answers, at least a second apart each", () =>
        {
            gamma.Claim(VipScene.Vip4);
            return Bursts() >= 4;
        }, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(100));
        Assert.True(LabClock.Now - began >= TimeSpan.FromSeconds(2), "answers to claims have no limit");
        Assert.Equal(VirtualRouterState.Active, alpha.TryRouter("db")!.State);

        // And when it falls silent, the owner has had the last word.
        scene.WaitUntilServedBy(scene.Alpha);

        int Bursts()
        {
            var bursts = 0;
            var last = Instant.Zero;
            foreach (var said in scene.Ear.Announcements.Where(said => said.At >= began && said.Address == VipScene.Vip4 && said.Mac == own))
            {
                bursts += said.At - last > TimeSpan.FromMilliseconds(500) ? 1 : 0;
                last = said.At;
            }

            return bursts;
        }
    }
}
