using Vigie.Contract;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Topologies;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>What real daemons do when nothing happens.</summary>
public sealed class SteadyTests
{
    [Fact]
    public void A_steady_election_allocates_nothing_as_Active_and_as_Backup()
    {
        using var lab = new TwoHostsAndClient();
        // The fastest one says how much time has passed: 1,200 of its advertisements, of both families, are six seconds.
        VirtualRouterSetup[] routers =
        [
            Router(1, 10, "10.77.0.101/24", "fd77::101/64"), Router(2, 20, "10.77.0.102/24"), Router(3, 50, "fd77::103/64"),
            Router(4, 100, "10.77.0.104/24", "10.77.0.105/24"),
        ];
        var alpha = VigieDaemon.Start(lab.Alpha, routers.Select(router => router with { Priority = 200 }));
        var beta = VigieDaemon.Start(lab.Beta, routers);
        foreach (var router in routers)
        {
            alpha.WaitForState(router.Name, VirtualRouterState.Active);
            beta.WaitForState(router.Name, VirtualRouterState.Backup);
        }

        // Past the second burst of announcements, which follows the first one after five seconds.
        WaitForAdvertisements(alpha, 1200);
        var (active, backup) = (alpha.Status(), beta.Status());
        WaitForAdvertisements(alpha, 1200);
        var (activeLater, backupLater) = (alpha.Status(), beta.Status());

        Assert.Equal(active.NodeProcess!.AllocatedBytes, activeLater.NodeProcess!.AllocatedBytes);
        Assert.Equal(backup.NodeProcess!.AllocatedBytes, backupLater.NodeProcess!.AllocatedBytes);
        Assert.Equal(active.NodeProcess.Pid, activeLater.NodeProcess.Pid);
        Assert.InRange(activeLater.Lateness.Count - active.Lateness.Count, 1200, long.MaxValue);
        Assert.True(backupLater.VirtualRouters[0].Advertisements.Received >= backup.VirtualRouters[0].Advertisements.Received + 1000, "the Backup heard them");
    }

    [Fact]
    public void Messages_of_a_virtual_router_that_is_not_configured_here_are_counted_for_the_host()
    {
        using var lab = new TwoHostsAndClient();
        var alpha = VigieDaemon.Start(lab.Alpha, Router(1, 100, "10.77.0.101/24"));
        alpha.WaitForState("r1", VirtualRouterState.Active);
        Assert.Equal(0, alpha.Status().UnknownVrid);

        VigieDaemon.Start(lab.Beta, Router(2, 100, "10.77.0.102/24"));

        Condition.WaitFor("messages with another VRID", () => alpha.Status().UnknownVrid > 3);
    }

    private static VirtualRouterSetup Router(byte vrid, int milliseconds, params string[] addresses) => new()
    {
        Name = $"r{vrid}", Vrid = vrid, Interval = TimeSpan.FromMilliseconds(milliseconds), Addresses = [.. addresses.Select(IpPrefix.Parse)],
    };

    private static void WaitForAdvertisements(VigieDaemon daemon, long count)
    {
        var before = daemon.Status().VirtualRouters[0].Advertisements.Sent;
        daemon.WaitForRouter("r1", $"{count} advertisements", router => router.Advertisements.Sent >= before + count, TimeSpan.FromSeconds(60));
    }
}
