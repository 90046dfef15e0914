using Vigie.Contract;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Interop;

/// <summary>FRR keeps the VIP on a macvlan that outlives it.</summary>
public sealed class DeadFrrTests
{
    private static readonly VirtualRouterSetup Setup = new VirtualRouterSetup().OnlyFamily(IpFamily.IPv4);

    [Fact]
    public void A_vrrpd_that_is_stopped_takes_its_macvlan_down_and_nobody_else_answers()
    {
        using var scene = new VipScene(Setup);
        var frr = FrrVrrpDaemon.Start(scene.Beta, Setup with { Priority = 200 });
        frr.WaitForState(Setup.Vrid, IpFamily.IPv4, "Master");
        var alpha = scene.Start(scene.Alpha, 100, VirtualRouterState.Backup);
        scene.Probe();

        frr.Stop();
        scene.WaitUntilServedBy(scene.Alpha);

        scene.Client.Execute("arping", "-c", "1", "-w", "3", "-I", "eth0", VipScene.Vip4.ToString());
        Assert.Equal(scene.Alpha.Interface("eth0").Mac, MacOf(scene.Client, VipScene.Vip4));
        Assert.Equal(0, alpha.TryRouter("db")!.ForeignClaims);
    }

    [Fact]
    public void A_vrrpd_that_is_killed_leaves_the_VIP_answering_and_Vigie_finds_it()
    {
        using var scene = new VipScene(Setup);
        var frr = FrrVrrpDaemon.Start(scene.Beta, Setup with { Priority = 200 });
        frr.WaitForState(Setup.Vrid, IpFamily.IPv4, "Master");
        var alpha = scene.Start(scene.Alpha, 100, VirtualRouterState.Backup);

        frr.Kill();
        alpha.WaitForState("db", VirtualRouterState.Active);
        alpha.WaitForRouter("db", "the macvlan's answer", router => router.ForeignClaims > 0);

        Assert.Equal(MacAddress.ForVirtualRouter(IpFamily.IPv4, Setup.Vrid).ToString(), alpha.TryRouter("db")!.LastForeignClaim!.Mac);
        Assert.Contains(alpha.Events().Events, e => e.Kind == "foreign_claim" && e.Remedy is not null);
    }

    private static MacAddress MacOf(LabHost client, IpAddress address)
    {
        var words = client.Execute("ip", "neigh", "show", address.ToString(), "dev", "eth0").Split(' ');
        Assert.True(MacAddress.TryParse(words[Array.IndexOf(words, "lladdr") + 1], out var mac));
        return mac;
    }
}
