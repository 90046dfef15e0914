using System.Text.Json;
using Vigie.Contract;
using Vigie.Lab.Daemons;
using Vigie.Lab.Processes;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>A new configuration in a running daemon: what did not change goes on, and an error changes nothing.</summary>
public sealed class ReloadTests
{
    private const string Mistake = "    strict_adresses: true\n";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Unchanged_routers_keep_state_and_counters_through_a_reload(bool bySignal)
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        var before = alpha.TryRouter("db")!;
        var second = new VirtualRouterSetup { Name = "web", Vrid = 52, Addresses = [Core.Net.IpPrefix.Parse("10.77.0.120/24")], Priority = 150 };

        var from = LabClock.Now;
        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), VirtualRouterSetup.ToVigie("alpha", scene.Setup with { Priority = 150 }, second));
        if (bySignal)
        {
            alpha.Process.Signal(Signals.Hangup);
        }
        else
        {
            var (status, body) = alpha.Reload();
            Assert.Equal(200, status);
            var result = JsonSerializer.Deserialize(body, ContractJson.Default.ReloadResult)!;
            Assert.Equal((true, "web", 0, 0), (result.Changed, Assert.Single(result.Added), result.Removed.Count, result.ChangedRouters.Count));
        }

        alpha.WaitForState("web", VirtualRouterState.Active);
        scene.AssertOnlyOwner(scene.Alpha);
        var after = alpha.TryRouter("db")!;
        Assert.Equal((before.State, before.Transitions, before.Since), (after.State, after.Transitions, after.Since));
        Assert.True(after.Advertisements.Sent > before.Advertisements.Sent, "the counters began anew");
        Assert.Equal(1, beta.TryRouter("db")!.Transitions);
        Assert.DoesNotContain(scene.Ear.Since(from), heard => heard.IsResignation);
        AssertNoOutage(scene, from);

        // And away again: the removed one resigns, the other does not notice.
        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), scene.Yaml(scene.Alpha, 150));
        alpha.Process.Signal(Signals.Hangup);
        Condition.WaitFor("web to be gone", () => alpha.TryRouter("web") is null && !scene.Alpha.Holds(second.Addresses[0].Address));
        Assert.All(scene.Ear.Since(from).Where(heard => heard.IsResignation), heard => Assert.Equal(52, heard.Vrid));
        Assert.Contains(scene.Ear.Since(from), heard => heard.IsResignation);
        AssertNoOutage(scene, from);
    }

    [Fact]
    public void A_plan_says_what_the_reload_then_does_and_does_nothing()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        var before = alpha.TryRouter("db")!;
        var from = LabClock.Now;
        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), scene.Yaml(scene.Alpha, 120));

        var plan = JsonSerializer.Deserialize(alpha.Reload(plan: "true").Body, ContractJson.Default.ReloadResult)!;
        Assert.True(plan is { Changed: true, Planned: true });
        Assert.Equal(("db", "priority", "150", "120"), Assert.Single(plan.Settings) is var setting ? (setting.Router, setting.Key, setting.Old, setting.New) : default);
        Assert.Equal(["db"], plan.MayMove); // whether another host is better is not known
        Assert.Equal(400, alpha.Reload(plan: "perhaps").Status);
        scene.AssertOnlyOwner(scene.Alpha);
        Assert.Equal((150, before.Transitions), (alpha.TryRouter("db")!.Priority, alpha.TryRouter("db")!.Transitions));

        var (exitCode, output, _) = scene.Alpha.TryExecute(VigieDaemon.FindExecutable(), "reload", "--plan", "--socket", scene.Alpha.SocketPath);
        Assert.Equal(ExitCode.Ok, exitCode);
        Assert.Contains("priority 150 -> 120", output, StringComparison.Ordinal);

        var done = JsonSerializer.Deserialize(alpha.Reload().Body, ContractJson.Default.ReloadResult)!;
        Assert.Equal((false, plan.Settings.Count, "db"), (done.Planned, done.Settings.Count, Assert.Single(done.ChangedRouters)));
        alpha.WaitForRouter("db", "the new priority", router => router.Priority == 120);

        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), scene.Yaml(scene.Alpha, 150) + Mistake);
        (exitCode, _, var errors) = scene.Alpha.TryExecute(VigieDaemon.FindExecutable(), "reload", "--plan", "--socket", scene.Alpha.SocketPath);
        Assert.Equal(ExitCode.Configuration, exitCode);
        Assert.Contains("strict_adresses", errors, StringComparison.Ordinal);
        Assert.Equal(1, beta.TryRouter("db")!.Transitions);
        AssertNoOutage(scene, from);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reload_with_an_error_changes_nothing_and_says_why(bool bySignal)
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        var before = alpha.TryRouter("db")!;
        var from = LabClock.Now;
        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), scene.Yaml(scene.Alpha, 10) + Mistake);

        if (bySignal)
        {
            alpha.Process.Signal(Signals.Hangup);
        }
        else
        {
            var (status, body) = alpha.Reload();
            Assert.Equal(422, status);
            var error = JsonSerializer.Deserialize(body, ContractJson.Default.ErrorDocument)!.Error;
            Assert.Equal(ErrorCodes.ConfigurationInvalid, error.Code);
            Assert.Contains("did you mean", Assert.Single(error.Details), StringComparison.OrdinalIgnoreCase);
            Assert.NotNull(error.Remedy);
        }

        Condition.WaitFor("the refusal in the events", () => alpha.Events().Events.Any(e => e.Kind == "reload_refused" && e.Message.Contains("strict_adresses", StringComparison.Ordinal)));
        scene.AssertOnlyOwner(scene.Alpha);
        var after = alpha.TryRouter("db")!;
        Assert.Equal((150, before.State, before.Transitions, before.Since), (after.Priority, after.State, after.Transitions, after.Since));
        Assert.Equal(1, beta.TryRouter("db")!.Transitions);
        AssertNoOutage(scene, from);
    }

    [Fact]
    public void A_lowered_priority_hands_the_VIP_over_and_a_changed_address_list_moves_only_the_difference()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        var more = Core.Net.IpPrefix.Parse("10.77.0.130/24");

        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), VirtualRouterSetup.ToVigie("alpha", scene.Setup with { Priority = 150, Addresses = [.. scene.Setup.Addresses, more] }));
        Assert.Equal(200, alpha.Reload().Status);
        Condition.WaitFor("the new address", () => scene.Alpha.Holds(more.Address));
        Assert.Contains(scene.Ear.Announcements, said => said.Address == more.Address);
        Assert.Equal(1, beta.TryRouter("db")!.Transitions);
        // The lists differ now: counted and told by beta, and not dropped.
        beta.WaitForRouter("db", "a list mismatch", router => router.AddressListMismatches > 0);
        Assert.Single(beta.Events().Events, e => e.Kind == "address_list_mismatch" && e.Data["source"] == scene.Alpha.IPv4.ToString());

        File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), scene.Yaml(scene.Alpha, 40));
        Assert.Equal(200, alpha.Reload().Status);
        beta.WaitForState("db", VirtualRouterState.Active);
        scene.WaitUntilServedBy(scene.Beta);
        alpha.WaitForState("db", VirtualRouterState.Backup);
        Assert.False(scene.Alpha.Holds(more.Address));
    }

    private static void AssertNoOutage(VipScene scene, Core.Instant from)
    {
        foreach (var probe in scene.Probes)
        {
            var gap = probe.Snapshot().LongestGap(from, Core.Instant.Never)!;
            Assert.True(gap.Length < TimeSpan.FromMilliseconds(100) + 2 * gap.LongestStall, gap.ToString());
        }
    }
}
