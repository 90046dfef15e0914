using System.Globalization;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Processes;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>
/// A kernel that really refuses what a new configuration needs: the reload is refused as a whole, and neither peers nor
/// clients can tell that there was one.
/// </summary>
public sealed class ReloadRefusalTests
{
    private const string Second = "second";

    private static readonly VirtualRouterSetup Web = new()
    {
        Name = "web", Vrid = 52, Interface = Second, Addresses = [IpPrefix.Parse("10.78.0.100/24")], Priority = 150,
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_group_that_cannot_be_joined_refuses_the_reload_as_a_whole(bool bySignal)
    {
        using var scene = new VipScene();
        AddSecondInterface(scene.Alpha);
        var (alpha, beta) = scene.StartPair();
        scene.Alpha.Execute("sysctl", "-q", "-w", "net.ipv4.igmp_max_memberships=0");
        var before = alpha.TryRouter("db")!;
        var from = LabClock.Now;
        // Would move the role, if any of it were done.
        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), VirtualRouterSetup.ToVigie("alpha", scene.Setup with { Priority = 10 }, Web));

        if (bySignal)
        {
            alpha.Process.Signal(Signals.Hangup);
        }
        else
        {
            var (exitCode, _, errors) = Reload(scene.Alpha);
            Assert.Equal(ExitCode.Refused, exitCode);
            AssertNames(errors, "web: ", Second, "ENOBUFS", "igmp_max_memberships", "nothing was changed");
        }

        Condition.WaitFor("the refusal in the events", () => alpha.Events().Events.Any(e => e.Kind == "reload_refused"));
        AssertNames(alpha.Events().Events.First(e => e.Kind == "reload_refused") is var told ? told.Message + told.Remedy : "", "web: ", Second, "ENOBUFS", "igmp_max");
        AssertNothingMoved(scene, alpha, beta, before, from);
        Assert.Null(alpha.TryRouter("web"));

        // What was in the way goes, and the same file is taken.
        scene.Alpha.Execute("sysctl", "-q", "-w", "net.ipv4.igmp_max_memberships=20");
        var (again, _, why) = Reload(scene.Alpha);
        Assert.True(again == ExitCode.Ok, why);
        alpha.WaitForState("web", VirtualRouterState.Active);
        beta.WaitForState("db", VirtualRouterState.Active);
    }

    [Fact]
    public void An_address_that_the_kernel_does_not_add_refuses_the_reload_as_a_whole()
    {
        using var scene = new VipScene();
        AddSecondInterface(scene.Alpha);
        // The kernel adds no address beside one of the same network with another scope.
        scene.Alpha.Ip($"addr add 10.79.0.1/24 dev {Second} scope link");
        var alpha = VigieDaemon.Start(scene.Alpha, scene.Setup with { Priority = 150 }, Web);
        alpha.WaitForState("db", VirtualRouterState.Active);
        alpha.WaitForState("web", VirtualRouterState.Active);
        var beta = scene.Start(scene.Beta, 100, VirtualRouterState.Backup);
        scene.Probe();
        scene.WaitUntilServedBy(scene.Alpha);
        var (before, webBefore, held) = (alpha.TryRouter("db")!, alpha.TryRouter("web")!, Addresses(scene.Alpha));
        var from = LabClock.Now;
        var wider = Web with { Addresses = [.. Web.Addresses, IpPrefix.Parse("10.78.0.101/24"), IpPrefix.Parse("10.79.0.100/24")] };
        // Would move the other role, if any of it were done.
        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), VirtualRouterSetup.ToVigie("alpha", scene.Setup with { Priority = 10 }, wider));

        var (exitCode, _, errors) = Reload(scene.Alpha);

        Assert.True(exitCode == ExitCode.Refused, errors);
        AssertNames(errors, $"web: 10.79.0.100/24 cannot be put on {Second}: EINVAL", "another scope", "nothing was changed");
        var told = Assert.Single(alpha.Events().Events, e => e.Kind == "reload_refused");
        AssertNames(told.Message + told.Remedy, "web: ", "10.79.0.100/24", Second, "EINVAL", "another scope");
        AssertNothingMoved(scene, alpha, beta, before, from);
        var webAfter = alpha.TryRouter("web")!;
        Assert.Equal((webBefore.State, webBefore.Transitions, webBefore.Since), (webAfter.State, webAfter.Transitions, webAfter.Since));
        Assert.Equal(webBefore.Addresses.Select(address => address.Address), webAfter.Addresses.Select(address => address.Address));
        Assert.Equal(held, Addresses(scene.Alpha)); // not the one either that could be added

        // What was in the way goes, and the same file is taken.
        scene.Alpha.Ip($"addr del 10.79.0.1/24 dev {Second}", $"addr add 10.79.0.1/24 dev {Second}");
        var (again, _, why) = Reload(scene.Alpha);
        Assert.True(again == ExitCode.Ok, why);
        Condition.WaitFor("the further addresses", () => wider.Addresses.All(prefix => scene.Alpha.Holds(prefix.Address)));
        beta.WaitForState("db", VirtualRouterState.Active);
    }

    [Fact]
    public void A_node_that_may_open_no_more_files_refuses_the_reload_and_lives()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        var node = alpha.Status().Guardian!.NodePid;
        var before = alpha.TryRouter("db")!;
        var from = LabClock.Now;
        scene.Alpha.Execute("prlimit", "--pid", node.ToString(CultureInfo.InvariantCulture), "--nofile=3:");
        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), scene.Yaml(scene.Alpha, 10) + "    accept: false\n");

        var (exitCode, _, errors) = Reload(scene.Alpha);

        Assert.True(exitCode == ExitCode.Refused, errors);
        AssertNames(errors, "db: ", "accept: false", "EMFILE", "open files");
        AssertNothingMoved(scene, alpha, beta, before, from);
        Assert.Equal((node, 0L), (alpha.Status().Guardian!.NodePid, alpha.Status().Guardian!.NodeRestarts));
        Assert.DoesNotContain("vigie_accept", scene.Alpha.Execute("nft", "list", "tables"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_interface_is_no_refusal()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        var before = alpha.TryRouter("db")!;
        var from = LabClock.Now;
        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), VirtualRouterSetup.ToVigie("alpha", scene.Setup with { Priority = 150 }, Web));
        Assert.Equal(ExitCode.Ok, Reload(scene.Alpha).ExitCode);
        alpha.WaitForState("web", VirtualRouterState.Fault);
        AssertNothingMoved(scene, alpha, beta, before, from);
        AddSecondInterface(scene.Alpha);
        alpha.WaitForState("web", VirtualRouterState.Active);
    }

    private static void AssertNothingMoved(VipScene scene, VigieDaemon alpha, VigieDaemon beta, VirtualRouterStatus before, Instant from)
    {
        scene.AssertOnlyOwner(scene.Alpha);
        var after = alpha.TryRouter("db")!;
        Assert.Equal((150, before.State, before.Transitions, before.Since), (after.Priority, after.State, after.Transitions, after.Since));
        Assert.True(after.Advertisements.Sent > before.Advertisements.Sent, "the counters began anew");
        Assert.Equal(1, beta.TryRouter("db")!.Transitions);
        Assert.All(scene.Ear.Since(from), heard => Assert.Equal((51, 150), (heard.Vrid, heard.Priority)));
        foreach (var probe in scene.Probes)
        {
            var gap = probe.Snapshot().LongestGap(from, Instant.Never)!;
            Assert.True(gap.Length < TimeSpan.FromMilliseconds(50) + 2 * gap.LongestStall, gap.ToString());
        }
    }

    private static string[] Addresses(LabHost host) => [.. host.Addresses().Select(address => address.ToString()).Order()];

    private static void AssertNames(string text, params string[] words)
    {
        foreach (var word in words)
            Assert.Contains(word, text, StringComparison.Ordinal);
    }

    private static void AddSecondInterface(LabHost host)
    {
        host.Ip($"link add {Second} type veth peer name {Second}-peer");
        host.Ip($"addr add 10.78.0.1/24 dev {Second}");
        host.Ip($"link set {Second}-peer up");
        host.Ip($"link set {Second} up");
    }

    private static (int ExitCode, string Output, string Errors) Reload(LabHost host) =>
        host.TryExecute(VigieDaemon.FindExecutable(), "reload", "--socket", host.SocketPath);
}
