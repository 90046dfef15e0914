using Vigie.Contract;
using Vigie.Lab.Daemons;
using Vigie.Lab.Tests.Scenes;
using Vigie.Lab.Topologies;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>Addresses that others add, remove or leave behind on the host itself.</summary>
public sealed class AddressTests
{
    [Fact]
    public void Start_up_removes_what_an_earlier_run_left_and_nothing_else()
    {
        using var scene = new VipScene();
        // The old configuration had three more addresses than the new one; a crash leaves all of them.
        var old = VigieDaemon.Start(scene.Alpha, scene.Setup with
        {
            Interval = TimeSpan.FromSeconds(20),
            Addresses = [.. scene.Setup.Addresses, .. Prefixes("10.77.0.101/24", "10.77.0.102/24", "fd77::101/64")],
            Priority = 255,
        });
        old.WaitForState("db", VirtualRouterState.Active);
        old.Kill();
        scene.Alpha.Ip("addr add 10.77.0.103/24 dev eth0", "addr add fd77::103/64 dev eth0 nodad valid_lft 600 preferred_lft 0");
        Assert.Contains(Prefixes("10.77.0.102/24")[0].Address, scene.Alpha.Addresses());

        var daemon = scene.Start(scene.Alpha, 150);
        daemon.WaitUntilListening();

        Condition.WaitFor("the leftovers to be gone", () => !scene.Alpha.Addresses().Any(Prefixes("10.77.0.101/24", "10.77.0.102/24", "fd77::101/64").Select(prefix => prefix.Address).Contains));
        daemon.WaitForState("db", VirtualRouterState.Active);
        Assert.All(Prefixes("10.77.0.103/24", "fd77::103/64", "10.77.0.1/24", "fd77::1/64"), prefix => Assert.Contains(prefix.Address, scene.Alpha.Addresses()));
        Assert.Equal(3, daemon.Events().Events.Count(e => e.Kind == "stale_address_removed"));
    }

    [Fact]
    public void A_VIP_that_somebody_deletes_is_back_at_once_without_an_election()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        var before = alpha.TryRouter("db")!;

        var deleted = LabClock.Now;
        scene.Alpha.Ip("addr del 10.77.0.100/24 dev eth0", "addr del fd77::100/64 dev eth0");
        Condition.WaitFor("both VIPs on alpha", () => scene.Vips.All(scene.Alpha.Holds));
        scene.AssertOnlyOwner(scene.Alpha);

        var after = alpha.TryRouter("db")!;
        Assert.Equal((before.State, before.Transitions), (after.State, after.Transitions));
        Assert.Equal(1, beta.TryRouter("db")!.Transitions);
        Assert.DoesNotContain(scene.Ear.Since(deleted), heard => heard.IsResignation);
        // Removals that come while the addresses are being put back are not told one by one.
        Assert.InRange(alpha.Events().Events.Count(e => e.Kind == "address_reasserted" && e.Remedy is not null), 1, 2);
        foreach (var probe in scene.Probes)
        {
            var gap = probe.Snapshot().LongestGap(deleted, Core.Instant.Never)!;
            // Put back within a few milliseconds; ten times that is a fault.
            Assert.True(gap.Length < TimeSpan.FromMilliseconds(100) + gap.LongestStall, gap.ToString());
        }
    }

    [Fact]
    public void An_address_that_stands_on_the_host_already_is_used_and_never_removed()
    {
        using var scene = new VipScene();
        scene.Alpha.Ip($"addr add {ThreeHostsAndClient.Vip4} dev eth0");

        var alpha = scene.Start(scene.Alpha, 150, VirtualRouterState.Active);
        var said = Assert.Single(alpha.Events().Events, e => e.Kind == "address_not_ours");
        Assert.Contains("10.77.0.100/24", said.Message, StringComparison.Ordinal);
        Assert.NotNull(said.Remedy);
        alpha.Stop();

        Assert.True(scene.Alpha.Holds(VipScene.Vip4));
        Assert.False(scene.Alpha.Holds(VipScene.Vip6));
    }

    private static Core.Net.IpPrefix[] Prefixes(params string[] texts) => [.. texts.Select(Core.Net.IpPrefix.Parse)];
}
