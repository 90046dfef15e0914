using Vigie.Contract;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>Interfaces that are not there yet, change their name, or are pulled out and put back.</summary>
public sealed class InterfaceTests
{
    [Fact]
    public void A_missing_interface_is_a_fault_with_a_remedy_and_the_router_begins_when_it_appears()
    {
        using var scene = new VipScene();
        scene.Alpha.Ip("link set eth0 down", "link set eth0 name lan0");
        var alpha = scene.Start(scene.Alpha, 150, VirtualRouterState.Fault);
        var status = alpha.TryRouter("db")!;
        Assert.Equal("the interface does not exist", status.Reason);
        Assert.Contains("eth0", status.Remedy, StringComparison.Ordinal);

        scene.Alpha.Ip("link set lan0 name eth0");
        scene.Alpha.LinkUp();

        alpha.WaitForState("db", VirtualRouterState.Active);
        scene.Probe();
        scene.WaitUntilServedBy(scene.Alpha);
    }

    [Fact]
    public void A_group_that_the_kernel_refuses_is_a_fault_with_a_remedy_and_the_router_begins_when_it_is_joined()
    {
        using var scene = new VipScene();
        scene.Alpha.WriteSysctl("net/ipv4/igmp_max_memberships", "0");
        var alpha = scene.Start(scene.Alpha, 150, VirtualRouterState.Fault);
        var status = alpha.TryRouter("db")!;
        Assert.Equal("advertisements cannot be heard on the interface", status.Reason);
        Assert.NotNull(status.Remedy);
        var refused = Assert.Single(alpha.Events().Events, e => e.Kind == "join_failed");
        Assert.Contains(" on eth0: ", refused.Message, StringComparison.Ordinal);
        Assert.Equal("eth0", refused.Data["interface"]);
        Assert.Contains("igmp_max_memberships", refused.Remedy, StringComparison.Ordinal);
        Assert.Empty(scene.Ear.Advertisements);

        scene.Alpha.WriteSysctl("net/ipv4/igmp_max_memberships", "20");

        alpha.WaitForState("db", VirtualRouterState.Active);
        scene.Probe();
        scene.WaitUntilServedBy(scene.Alpha);
    }

    [Fact]
    public void An_interface_that_loses_its_name_takes_the_router_out_until_it_has_it_again()
    {
        using var scene = new VipScene();
        var (alpha, _) = scene.StartPair();

        // Allowed for interfaces that are up since Linux 6.2 only, so it goes down on the way, as with udev.
        scene.Alpha.Ip("link set eth0 down", "link set eth0 name other", "link set other up");
        alpha.WaitForState("db", VirtualRouterState.Fault);
        scene.WaitUntilServedBy(scene.Beta);
        Condition.WaitFor("no VIP on the renamed interface", () => !scene.Alpha.Addresses().Any(scene.Vips.Contains));

        scene.Alpha.Ip("link set other down", "link set other name eth0");
        scene.Alpha.LinkUp();
        alpha.WaitForState("db", VirtualRouterState.Active);
        scene.WaitUntilServedBy(scene.Alpha);
        scene.AssertOnlyOwner(scene.Alpha);
    }

    [Fact]
    public void An_interface_that_is_pulled_out_and_replaced_serves_again()
    {
        using var scene = new VipScene();
        var (alpha, _) = scene.StartPair();

        scene.Alpha.Unplug(scene.Alpha.Interface("eth0"));
        alpha.WaitForState("db", VirtualRouterState.Fault);
        scene.WaitUntilServedBy(scene.Beta);
        Assert.Equal("the interface does not exist", alpha.TryRouter("db")!.Reason);

        scene.Alpha.Plug(scene.Lan, "eth0", "10.77.0.1/24", "fd77::1/64");
        alpha.WaitForState("db", VirtualRouterState.Active);
        scene.WaitUntilServedBy(scene.Alpha);
        // The new card has another index: groups and filters were made anew, so it hears its peers.
        scene.AssertOnlyOwner(scene.Alpha);
    }
}
