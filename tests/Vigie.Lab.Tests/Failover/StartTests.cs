using System.Text.Json;
using Vigie.Contract;
using Vigie.Lab.Daemons;
using Vigie.Lab.Processes;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>How `vigie run` begins and how it refuses to: exit code, a message with a remedy, nothing left behind.</summary>
public sealed class StartTests
{
    // Each line number below is a mistake of its own kind.
    private const string TwentyMistakes = """
        nodes: alpha
        virtual_routers:
          - name: db
            vrid: 0
            interfase: eth0
            addresses: [10.77.0.300/24, 10.77.0.101/33, "fd77::zz/64", 127.0.0.1/8, 224.0.0.5/24]
            priority: 300
            advertisement_interval: 105ms
            version: 4
            preempt: maybe
            accept: perhaps
            peers: [10.77.0, 999.1.1.1]
            authentication: {password: "far too long a password"}
            strict_addresses: 3
            colour: red
          - name: db
            vrid: 256
            interface: a-name-that-is-much-too-long
            addresses: []
            priority: king
            advertisement_interval: soon
        """;

    [Fact]
    public void A_configuration_with_twenty_mistakes_names_them_all_and_exits_with_3()
    {
        using var scene = new VipScene();
        var daemon = VigieDaemon.Start(scene.Alpha, TwentyMistakes);
        daemon.Process.WaitForExit();

        Assert.Equal(ExitCode.Configuration, daemon.Process.ExitCode);
        var errors = daemon.Process.Lines.Where(line => line.Contains(": error: ", StringComparison.Ordinal)).ToList();
        Assert.True(errors.Count >= 20, $"{errors.Count} errors:\n{daemon.Process.Tail(200)}");
        Assert.All(errors, line => Assert.Matches(@"vigie\.yaml:\d+:\d+: error: ", line));
        Assert.False(File.Exists(scene.Alpha.SocketPath));
    }

    [Fact]
    public void A_missing_configuration_is_said_with_a_remedy()
    {
        using var scene = new VipScene();
        var daemon = VigieDaemon.StartAgain(scene.Alpha);
        daemon.Process.WaitForExit();

        Assert.Equal(ExitCode.Configuration, daemon.Process.ExitCode);
        Assert.Contains("--config", Assert.Single(daemon.Process.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_daemon_on_the_same_socket_is_refused_and_the_first_goes_on()
    {
        using var scene = new VipScene();
        var (first, _) = scene.StartPair();

        var second = VigieDaemon.StartAgain(scene.Alpha);
        second.Process.WaitForExit();

        Assert.Equal(ExitCode.Failed, second.Process.ExitCode);
        Assert.Contains(second.Process.Lines, line => line.Contains(scene.Alpha.SocketPath, StringComparison.Ordinal) && line.Contains("--socket", StringComparison.Ordinal));
        Assert.Equal(VirtualRouterState.Active, first.TryRouter("db")!.State);
        scene.AssertOnlyOwner(scene.Alpha);
    }

    [Fact]
    public void A_socket_of_a_dead_daemon_is_no_obstacle()
    {
        using var scene = new VipScene();
        scene.Start(scene.Alpha, 150, VirtualRouterState.Active).Kill();
        Assert.True(File.Exists(scene.Alpha.SocketPath));

        scene.Start(scene.Alpha, 150, VirtualRouterState.Active);
    }

    [Fact]
    public void Without_privileges_it_says_which_are_missing_and_exits_with_1()
    {
        using var scene = new VipScene();
        var config = VigieDaemon.ConfigPath(scene.Alpha);
        File.WriteAllText(config, scene.Yaml(scene.Alpha, 150));
        OpenToAll(scene.Alpha);
        string[] arguments =
        [
            "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all", "--",
            CopyForAll(scene.Alpha), "run", "--config", config, "--socket", scene.Alpha.SocketPath, "--log-format", "json",
        ];
        var process = scene.Alpha.Start("setpriv", arguments);
        process.WaitForExit();

        Assert.Equal(ExitCode.Failed, process.ExitCode);
        var line = Assert.Single(process.Lines);
        Assert.Contains("CAP_NET_ADMIN", line, StringComparison.Ordinal);
        Assert.Contains("CAP_NET_RAW", line, StringComparison.Ordinal);
        Assert.Contains("root", line, StringComparison.Ordinal);
    }

    [Fact]
    public void The_log_is_one_JSON_object_per_line_through_a_whole_life()
    {
        using var scene = new VipScene();
        var (alpha, _) = scene.StartPair();
        alpha.Process.SignalMember(alpha.Process.Tree()[^1], Signals.Kill);
        alpha.Process.Signal(Signals.Hangup);
        scene.Alpha.DeleteAddress(scene.Setup.Addresses[0]);
        Condition.WaitFor("the address to be back", () => scene.Alpha.Holds(VipScene.Vip4));
        alpha.Process.WaitForLine(line => line.Contains("address_reasserted", StringComparison.Ordinal));
        alpha.Stop();

        Assert.All(alpha.Process.Lines, line =>
        {
            using var document = JsonDocument.Parse(line);
            Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
            Assert.NotEmpty(document.RootElement.GetProperty("message").GetString()!);
        });
        Assert.Contains(alpha.Process.Lines, line => line.Contains("\"state_changed\"", StringComparison.Ordinal));
    }

    // The lab's folders are private to root; nobody must be able to reach this one.
    private static void OpenToAll(LabHost host)
    {
        const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;
        File.SetUnixFileMode(host.Run.Directory, Everybody);
        File.SetUnixFileMode(host.Directory, Everybody);
    }

    private static string CopyForAll(LabHost host)
    {
        var copy = Path.Combine(host.Directory, "vigie");
        File.Copy(VigieDaemon.FindExecutable(), copy);
        File.SetUnixFileMode(copy, (UnixFileMode)0b111_101_101);
        return copy;
    }
}
