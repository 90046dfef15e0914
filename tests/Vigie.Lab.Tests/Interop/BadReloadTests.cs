using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Processes;
using Xunit;

namespace Vigie.Lab.Tests.Interop;

/// <summary>
/// The same mistakes in the file of a running owner, for Vigie and for keepalived, each with the other one as its Backup:
/// what the Backup and the client see of it (docs/interop.md, "A bad reload").
/// </summary>
public sealed class BadReloadTests
{
    private const byte Owner = 200;
    private const byte Backup = 100;

    private static readonly VirtualRouterSetup Setup = new();

    [Theory]
    [InlineData("unknown keyword")]
    [InlineData("bad address")]
    [InlineData("syntax")]
    [InlineData("missing interface")]
    public void Of_a_mistake_in_Vigies_file_neither_keepalived_nor_a_client_sees_anything(string mistake)
    {
        using var scene = new InteropScene(PeerKind.Keepalived, Setup);
        scene.Probe();
        scene.StartVigie(Owner);
        scene.WaitForVigieAlone();
        scene.StartPeer(Backup);
        scene.AssertOnlyOwner(vigie: true, advertisements: 10);
        var before = scene.Status;
        var good = File.ReadAllText(VigieDaemon.ConfigPath(scene.Alpha));

        var from = LabClock.Now;
        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), mistake switch
        {
            "unknown keyword" => good.Replace("    priority: ", "    priorty: ", StringComparison.Ordinal),
            "bad address" => good.Replace("10.77.0.100/24", "10.77.0.300/24", StringComparison.Ordinal),
            "syntax" => good.Replace("addresses: [", "addresses: [[", StringComparison.Ordinal),
            // No mistake by itself: another virtual router waits for it, and this one does not notice.
            _ => good + good[good.IndexOf("  - name", StringComparison.Ordinal)..].Replace("name: db", "name: web", StringComparison.Ordinal)
                .Replace("vrid: 51", "vrid: 52", StringComparison.Ordinal).Replace("eth0", "eth7", StringComparison.Ordinal)
                .Replace("10.77.0.100", "10.79.0.100", StringComparison.Ordinal).Replace("fd77::100", "fd79::100", StringComparison.Ordinal),
        });
        scene.Vigie!.Process.Signal(Signals.Hangup);

        if (mistake == "missing interface")
            scene.Vigie.WaitForState("web", VirtualRouterState.Fault);
        else
            Condition.WaitFor("the refusal in the events", () => scene.Vigie.Events().Events.Any(e => e.Kind == "reload_refused"));
        scene.AssertOnlyOwner(vigie: true, advertisements: 20);
        var after = scene.Status;
        Assert.Equal((before.State, before.Priority, before.Transitions, before.Since), (after.State, after.Priority, after.Transitions, after.Since));
        Assert.Empty(scene.ResignationsSince(from, ofVigie: true));
        foreach (var probe in scene.Probes)
        {
            var gap = probe.Snapshot().LongestGap(from, Instant.Never)!;
            Assert.True(gap.Lost <= 10 + 2 * gap.LongestStall.TotalMilliseconds, gap.ToString());
        }
    }

    [Theory]
    [InlineData("unknown keyword", "runs on")]
    [InlineData("bad address", "")]
    [InlineData("syntax", "")]
    [InlineData("missing interface", "")]
    public void What_keepalived_makes_of_the_same_mistakes(string mistake, string known)
    {
        using var scene = new InteropScene(PeerKind.Keepalived, Setup);
        scene.Probe();
        scene.StartPeer(Owner);
        scene.WaitForPeerAlone();
        scene.StartVigie(Backup);
        scene.AssertOnlyOwner(vigie: false, advertisements: 10);
        var path = Path.Combine(scene.Beta.Directory, "keepalived.conf");
        var good = File.ReadAllText(path);

        var from = LabClock.Now;
        File.WriteAllText(path, mistake switch
        {
            "unknown keyword" => good.Replace("  priority ", "  priorty ", StringComparison.Ordinal),
            "bad address" => good.Replace("10.77.0.100/24", "10.77.0.300/24", StringComparison.Ordinal),
            "syntax" => good.Replace("virtual_ipaddress {", "virtual_ipaddress", StringComparison.Ordinal),
            _ => good.Replace("interface eth0", "interface eth7", StringComparison.Ordinal),
        });
        scene.Peer.Reload();
        // Longer than Vigie waits for an Active that is silent.
        scene.WaitForBeats(TimeSpan.FromSeconds(3));

        var seen = $"{mistake}: keepalived {(scene.Peer.Runs ? "runs on" : "ends")}; Vigie is {scene.Status.State} ({scene.Status.Reason}), "
            + $"{scene.Status.Transitions - 1} changes; resignations of keepalived: {scene.ResignationsSince(from, ofVigie: false).Count()}; beta holds "
            + $"{string.Join(' ', scene.Beta.Addresses().Where(scene.Vips.Contains))}; client: "
            + string.Join("; ", scene.Probes.Select(probe => probe.Snapshot().LongestGap(from, Instant.Never)!.ToString()))
            + $"; its log: {string.Join(" | ", scene.Peer.Tail().Split('\n').TakeLast(6))}";
        TestContext.Current.SendDiagnosticMessage(seen);
        // Whatever keepalived does: the VIP is served in the end, and Vigie has an owner's or a Backup's part in it, never a fault.
        Assert.True(scene.Status.State is VirtualRouterState.Active or VirtualRouterState.Backup, seen);
        Assert.True(known.Length == 0 || seen.Contains($"keepalived {known}", StringComparison.Ordinal), seen);
        foreach (var probe in scene.Probes)
            probe.WaitForAnswerFrom(scene.Status.State == VirtualRouterState.Active ? "alpha" : "beta");
    }
}
