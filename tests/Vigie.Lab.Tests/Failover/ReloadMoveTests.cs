using System.Text.Json;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>
/// Reloads that move a role or an address: it moves where the plan says and nowhere else, a client that asks each
/// millisecond loses nothing, and the peers cannot see that anything happened to the other virtual routers.
/// </summary>
public sealed class ReloadMoveTests
{
    // Wanted are none of a thousand a second; a busy machine may lose a few in a queue.
    private const int MostLost = 10;

    private static readonly IpPrefix WebAddress = IpPrefix.Parse("10.77.0.120/24");
    private static readonly IpPrefix Moving4 = IpPrefix.Parse("10.77.0.130/24");
    private static readonly IpPrefix Moving6 = IpPrefix.Parse("fd77::130/64");

    private static readonly VirtualRouterSetup Web = new() { Name = "web", Vrid = 52, Addresses = [WebAddress, IpPrefix.Parse("fd77::120/64")] };

    [Theory]
    [InlineData(1000, "lowered")]
    [InlineData(100, "lowered")]
    [InlineData(1000, "removed")]
    [InlineData(100, "removed")]
    [InlineData(100, "renamed")]
    public void A_reload_that_moves_a_role_loses_nothing_and_the_others_do_not_notice(int interval, string change)
    {
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromMilliseconds(interval) });
        var web = Web with { Interval = scene.Setup.Interval };
        var db = scene.Setup;
        var alpha = Start(scene.Alpha, db with { Priority = 150 }, web with { Priority = 150 });
        var beta = Start(scene.Beta, db with { Priority = 100 }, web with { Priority = 100 });
        alpha.WaitForState("db", VirtualRouterState.Active);
        alpha.WaitForState("web", VirtualRouterState.Active);
        beta.WaitUntilFollowing("db");
        beta.WaitUntilFollowing("web");
        scene.Probe();
        scene.WaitUntilServedBy(scene.Alpha);
        // AssertUnnoticed looks back a little: not to the word that two hosts which begin at once have with each other.
        var settled = LabClock.Now;
        foreach (var family in new[] { IpFamily.IPv4, IpFamily.IPv6 })
            scene.Ear.WaitFor(settled, $"advertisement of web, {family}", 4, heard => heard.Vrid == 52 && heard.Family == family);
        var before = (Alpha: alpha.TryRouter("web")!, Beta: beta.TryRouter("web")!);

        VirtualRouterSetup[] next = change switch
        {
            "lowered" => [db with { Priority = 40 }, web with { Priority = 150 }],
            "renamed" => [db with { Name = "other", Priority = 40 }, web with { Priority = 150 }],
            _ => [web with { Priority = 150 }],
        };
        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), VirtualRouterSetup.ToVigie("alpha", next));
        var plan = Read(alpha.Reload(plan: "true"));
        scene.AssertOnlyOwner(scene.Alpha, advertisements: 3); // the plan has done nothing
        var from = LabClock.Now;
        var deed = Read(alpha.Reload());
        scene.WaitUntilServedBy(scene.Beta);
        beta.WaitForState("db", VirtualRouterState.Active);
        Condition.WaitFor("alpha to have let go", () => !scene.Alpha.Addresses().Any(scene.Vips.Contains));

        Assert.Equal(Facts(plan), Facts(deed));
        Assert.Equal(change == "lowered" ? ("", "db") : ("db", ""), (string.Join(',', plan.Moves!), string.Join(',', plan.MayMove)));
        Assert.Equal(["web"], plan.Unchanged);
        AssertNothingLost(scene.Probes, from);
        AssertUnnoticed(scene, from, (alpha, before.Alpha), (beta, before.Beta));
    }

    [Fact]
    public void An_address_that_moves_between_two_virtual_routers_of_one_host_is_served_throughout()
    {
        using var scene = new VipScene();
        var db = scene.Setup;
        var alpha = Start(scene.Alpha, [.. With(db, Web, moved: false, 150, 150)]);
        var beta = Start(scene.Beta, [.. With(db, Web, moved: false, 100, 100)]);
        alpha.WaitForState("web", VirtualRouterState.Active);
        beta.WaitUntilFollowing("web");
        var probes = Probe(scene, scene.Alpha);

        var from = LabClock.Now;
        foreach (var (host, daemon, priority) in new[] { (scene.Alpha, alpha, (byte)150), (scene.Beta, beta, (byte)100) })
        {
            File.WriteAllText(VigieDaemon.ConfigPath(host), VirtualRouterSetup.ToVigie(host.Name, With(db, Web, moved: true, priority, priority)));
            Assert.Equal(200, daemon.Reload().Status);
            scene.Ear.WaitFor("advertisement of web", 10, heard => heard.Vrid == 52);
        }

        AssertNothingLost(probes, from);
        Assert.True(scene.Alpha.Holds(Moving4.Address) && scene.Alpha.Holds(Moving6.Address));
        Assert.False(scene.Beta.Holds(Moving4.Address) || scene.Beta.Holds(Moving6.Address));
        Assert.All(["db", "web"], name => Assert.Equal(1, beta.TryRouter(name)!.Transitions));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_address_that_moves_to_a_virtual_router_of_another_host_has_no_gap_whichever_host_is_changed_first(bool giverFirst)
    {
        using var scene = new VipScene();
        var db = scene.Setup;
        // db is alpha's and web is beta's.
        var alpha = Start(scene.Alpha, [.. With(db, Web, moved: false, 150, 100)]);
        var beta = Start(scene.Beta, [.. With(db, Web, moved: false, 100, 150)]);
        alpha.WaitForState("db", VirtualRouterState.Active);
        beta.WaitForState("web", VirtualRouterState.Active);
        alpha.WaitUntilFollowing("web");
        var probes = Probe(scene, scene.Alpha);

        var from = LabClock.Now;
        (LabHost Host, VigieDaemon Daemon, byte Db, byte Web)[] order = [(scene.Alpha, alpha, 150, 100), (scene.Beta, beta, 100, 150)];
        foreach (var (host, daemon, dbPriority, webPriority) in giverFirst ? order : order.Reverse())
        {
            File.WriteAllText(VigieDaemon.ConfigPath(host), VirtualRouterSetup.ToVigie(host.Name, With(db, Web, moved: true, dbPriority, webPriority)));
            Assert.Equal(200, daemon.Reload().Status);
            // As an operator does: one host, a look at it, the other one. Longer than any wait of the election.
            scene.Ear.WaitFor("advertisement of web", 20, heard => heard.Vrid == 52);
        }

        Condition.WaitFor("alpha to have let go", () => !scene.Alpha.Holds(Moving4.Address) && !scene.Alpha.Holds(Moving6.Address), TimeSpan.FromSeconds(45));
        foreach (var probe in probes)
            probe.WaitForAnswerFrom("beta");
        AssertNothingLost(probes, from);
        Assert.True(scene.Beta.Holds(Moving4.Address) && scene.Beta.Holds(Moving6.Address));
        Assert.Equal((VirtualRouterState.Active, VirtualRouterState.Backup), (alpha.TryRouter("db")!.State, alpha.TryRouter("web")!.State));
        Assert.DoesNotContain("timeout", scene.Alpha.Execute("nft", "list", "set", "arp", "vigie_mute", "addresses").Replace("flags timeout", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static VirtualRouterSetup[] With(VirtualRouterSetup db, VirtualRouterSetup web, bool moved, byte dbPriority, byte webPriority)
    {
        var (giver, taker) = (db with { Priority = dbPriority }, web with { Priority = webPriority });
        return moved
            ? [giver, taker with { Addresses = [.. taker.Addresses, Moving4, Moving6] }]
            : [giver with { Addresses = [.. giver.Addresses, Moving4, Moving6] }, taker];
    }

    private static VigieDaemon Start(LabHost host, params VirtualRouterSetup[] routers)
    {
        UdpEcho.Start(host, [WebAddress.Address, Moving4.Address, Moving6.Address]);
        return VigieDaemon.Start(host, routers);
    }

    private static UdpProbe[] Probe(VipScene scene, LabHost server)
    {
        UdpProbe[] probes = [UdpProbe.Start(scene.Client, Moving4.Address), UdpProbe.Start(scene.Client, Moving6.Address)];
        foreach (var probe in probes)
            probe.WaitForAnswerFrom(server.Name);
        return probes;
    }

    private static void AssertNothingLost(IEnumerable<UdpProbe> probes, Instant from)
    {
        foreach (var probe in probes)
        {
            var seen = probe.Snapshot();
            var gap = seen.LongestGap(from, Instant.Never)!;
            Assert.True(gap.Lost <= MostLost, $"{gap}; {seen}");
        }
    }

    /// <summary>On the wire the beat of web goes on, and both ends remember everything.</summary>
    private static void AssertUnnoticed(VipScene scene, Instant from, params (VigieDaemon Daemon, VirtualRouterStatus Before)[] hosts)
    {
        foreach (var family in new[] { IpFamily.IPv4, IpFamily.IPv6 })
            scene.Ear.WaitFor(from, $"advertisement of web, {family}", 3, heard => heard.Vrid == 52 && heard.Family == family);
        foreach (var (daemon, was) in hosts)
        {
            var after = daemon.TryRouter("web")!;
            Assert.Equal((was.State, was.Transitions, was.Since), (after.State, after.Transitions, after.Since));
            Assert.True(after.Advertisements.Sent + after.Advertisements.Received > was.Advertisements.Sent + was.Advertisements.Received);
        }

        var before = from - 3.5 * scene.Setup.Interval;
        foreach (var family in new[] { IpFamily.IPv4, IpFamily.IPv6 })
        {
            var beat = scene.Ear.Advertisements.Where(heard => heard.Vrid == 52 && heard.Family == family && heard.Mac == scene.Alpha.Interface("eth0").Mac)
                .Where(heard => heard.At > before)
                .Select(heard => heard.At).ToArray();
            Assert.True(beat[^1] > from, "web fell silent");
            // One more, one less, or a phase that moved by half an interval: their number would not be that of the time.
            Assert.True((beat[^1] - beat[0]) / scene.Setup.Interval - (beat.Length - 1) is >= -0.5 and <= 0.5,
                $"{family}: {string.Join(' ', beat.Select(at => $"{(at - from).TotalMilliseconds:0.0}"))} ms from the reload; the guardian sent {hosts[0].Daemon.Status().Guardian?.AdvertisementsCovered}");
        }
    }

    private static string Facts(ReloadResult result) => string.Join(" | ",
        string.Join(',', result.Added), string.Join(',', result.Removed), string.Join(',', result.ChangedRouters), string.Join(',', result.Unchanged),
        string.Join(',', result.Moves ?? []), string.Join(',', result.MayMove), string.Join(',', result.Settings.Select(s => $"{s.Router}.{s.Key}:{s.Old}>{s.New}")));

    private static ReloadResult Read((int Status, string Body) answer)
    {
        Assert.Equal(200, answer.Status);
        return JsonSerializer.Deserialize(answer.Body, ContractJson.Default.ReloadResult)!;
    }
}
