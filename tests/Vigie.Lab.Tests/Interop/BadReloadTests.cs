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

    /// <summary>keepalived 2.2.7, seen to be the same in every run.</summary>
    /// <param name="mistake">In its file.</param>
    /// <param name="runsOn">It goes on with what it could read, from Backup; otherwise it ends, and its addresses stay.</param>
    /// <param name="loses">It has lost the role in the end.</param>
    [Theory]
    [InlineData("unknown keyword", true, true)]
    [InlineData("syntax", true, false)]
    [InlineData("bad address", false, true)]
    [InlineData("missing interface", false, true)]
    public void What_keepalived_makes_of_the_same_mistakes(string mistake, bool runsOn, bool loses)
    {
        using var scene = new InteropScene(PeerKind.Keepalived, Setup);
        scene.Probe();
        scene.StartPeer(Owner);
        scene.WaitForPeerAlone();
        scene.StartVigie(Backup);
        scene.AssertOnlyOwner(vigie: false, advertisements: 10);

        var from = LabClock.Now;
        Spoil(Path.Combine(scene.Beta.Directory, "keepalived.conf"), mistake);
        scene.Peer.Reload();
        // Longer than Vigie waits for an Active that is silent.
        scene.WaitForBeats(TimeSpan.FromSeconds(3));

        if (runsOn)
            scene.WaitForOwner(vigie: loses);
        else
            scene.Vigie!.WaitForState("db", VirtualRouterState.Active);
        foreach (var probe in scene.Probes)
            probe.WaitForAnswerFrom(loses ? "alpha" : "beta");
        var seen = Seen(scene, mistake, from);
        TestContext.Current.SendDiagnosticMessage(seen);
        Assert.True(scene.Peer.Runs == runsOn, seen);
        // Whatever it does, it says nothing of it to its Backup.
        Assert.True(!scene.ResignationsSince(from, ofVigie: false).Any(), seen);
        Assert.True(scene.Vips.All(vip => scene.Beta.Holds(vip) == (!runsOn || !loses)), seen);
        if (!runsOn)
            AssertHeldForEver(scene);
        foreach (var probe in scene.Probes)
        {
            // Nobody has the addresses until the Backup has waited for it; or its kernel goes on answering for nobody. When it runs on
            // and keeps the role, it mostly begins anew, but not in every run.
            var gap = probe.Snapshot().LongestGap(from, Instant.Never)!;
            if (!runsOn)
                Assert.True(gap.Lost <= 10 + 2 * gap.LongestStall.TotalMilliseconds, seen);
            else if (loses)
                Assert.True(gap.Lost >= Setup.Interval.TotalMilliseconds, seen);
        }
    }

    private static void Spoil(string path, string mistake)
    {
        var good = File.ReadAllText(path);
        var bad = mistake switch
        {
            "unknown keyword" => good.Replace("  priority ", "  priorty ", StringComparison.Ordinal),
            "bad address" => good.Replace("10.77.0.100/24", "10.77.0.300/24", StringComparison.Ordinal),
            "syntax" => good.Replace("virtual_ipaddress {", "virtual_ipaddress", StringComparison.Ordinal),
            _ => good.Replace("interface eth0", "interface eth7", StringComparison.Ordinal),
        };
        Assert.NotEqual(good, bad);
        File.WriteAllText(path, bad);
    }

    private static void AssertHeldForEver(InteropScene scene)
    {
        var lines = scene.Beta.Execute("ip", "-o", "addr", "show", "dev", "eth0").Split('\n');
        foreach (var vip in scene.Vips)
            Assert.Contains("valid_lft forever", lines.Single(line => line.Contains($" {vip}/", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static string Seen(InteropScene scene, string mistake, Instant from) =>
        $"{mistake}: keepalived {(scene.Peer.Runs ? "runs on" : "ends")}; Vigie is {scene.Status.State} ({scene.Status.Reason}), "
        + $"{scene.Status.Transitions - 1} changes; resignations of keepalived: {scene.ResignationsSince(from, ofVigie: false).Count()}; beta holds "
        + $"{string.Join(' ', scene.Beta.Addresses().Where(scene.Vips.Contains))}; client: "
        + string.Join("; ", scene.Probes.Select(probe => probe.Snapshot().LongestGap(from, Instant.Never)!.ToString()))
        + $"; its log: {string.Join(" | ", scene.Peer.Tail().Split('\n').TakeLast(6))}";
}
