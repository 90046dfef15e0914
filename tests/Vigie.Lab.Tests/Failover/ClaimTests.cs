using Vigie.Contract;
using Vigie.Core.Net;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>Somebody else on the segment says that the VIP is its own.</summary>
public sealed class ClaimTests
{
    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void A_foreign_claim_is_counted_told_and_answered(IpFamily family)
    {
        using var scene = new VipScene();
        var vip = family == IpFamily.IPv4 ? VipScene.Vip4 : VipScene.Vip6;
        var alpha = scene.Start(scene.Alpha, 150, VirtualRouterState.Active);
        scene.Start(scene.Beta, 100, VirtualRouterState.Backup);
        scene.Probe();
        scene.WaitUntilServedBy(scene.Alpha);
        // Gamma, which runs no Vigie, claims; the client believes it until alpha answers.
        using var gamma = new RawFrames(scene.Gamma);
        var own = scene.Alpha.Interface("eth0").Mac;

        var claimed = LabClock.Now;
        gamma.Claim(vip);
        alpha.WaitForRouter("db", "one foreign claim", router => router.ForeignClaims == 1);

        var claim = alpha.TryRouter("db")!.LastForeignClaim!;
        Assert.Equal((vip.ToString(), gamma.Mac.ToString()), (claim.Address, claim.Mac));
        var told = Assert.Single(alpha.Events().Events, e => e.Kind == "foreign_claim");
        Assert.Contains(gamma.Mac.ToString(), told.Message, StringComparison.Ordinal);
        Assert.NotNull(told.Remedy);
        Condition.WaitFor("the answer", () => scene.Ear.Announcements.Any(said => said.Address == vip && said.Mac == own && said.At > claimed));
        scene.WaitUntilServedBy(scene.Alpha);

        // A storm of claims is counted one by one, and answered at a bounded rate.
        var storm = LabClock.Now;
        for (var i = 0; i < 300; i++)
            gamma.Claim(vip);
        alpha.WaitForRouter("db", "all claims", router => router.ForeignClaims == 301);
        var answers = scene.Ear.Announcements.Count(said => said.Address == vip && said.Mac == own && said.At >= storm);
        Assert.True(answers <= 20 + 10 * (LabClock.Now - storm).TotalSeconds, $"{answers} answers to 300 claims");
        Assert.Single(alpha.Events().Events, e => e.Kind == "foreign_claim");
        Assert.Equal(VirtualRouterState.Active, alpha.TryRouter("db")!.State);
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void A_host_that_is_given_the_VIP_by_mistake_is_found_and_named(IpFamily family)
    {
        using var scene = new VipScene();
        var prefix = scene.Setup.Addresses.Single(prefix => prefix.Family == family);
        var alpha = scene.Start(scene.Alpha, 150, VirtualRouterState.Active);

        scene.Gamma.Ip($"addr add {prefix} dev eth0{(family == IpFamily.IPv6 ? " nodad" : "")}");
        alpha.WaitForRouter("db", "a foreign claim", router => router.ForeignClaims > 0);

        var told = alpha.Events().Events.First(e => e.Kind == "foreign_claim");
        Assert.Equal(scene.Gamma.Interface("eth0").Mac.ToString(), told.Data["mac"]);
        Assert.NotNull(told.Remedy);
    }

    [Fact]
    public void A_backup_does_not_mind_the_claims_of_the_owner()
    {
        using var scene = new VipScene();
        var (_, beta) = scene.StartPair();
        scene.AssertOnlyOwner(scene.Alpha);
        Assert.Equal(0, beta.TryRouter("db")!.ForeignClaims);
        Assert.DoesNotContain(beta.Events().Events, e => e.Kind == "foreign_claim");
    }
}
