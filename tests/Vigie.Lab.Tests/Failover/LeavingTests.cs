using System.Net.Sockets;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;
using Vigie.Lab.Processes;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>
/// Make before break: a client that asks each millisecond loses nothing when a host leaves in order, and nobody is taught the
/// leaver's MAC after its successor's announcements.
/// </summary>
public sealed class LeavingTests
{
    // Wanted are none of a thousand a second; a busy machine may lose a few in a queue.
    private const int MostLost = 10;

    [Theory]
    [InlineData(1000)]
    [InlineData(100)]
    [InlineData(10)]
    public void A_stop_and_a_preemption_lose_nothing(int interval)
    {
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromMilliseconds(interval) });
        var (alpha, beta) = scene.StartPair();

        var stopped = LabClock.Now;
        Assert.Equal(ExitCode.Ok, alpha.Stop());
        var took = LabClock.Now - stopped;
        Assert.DoesNotContain(scene.Alpha.Addresses(), scene.Vips.Contains);
        Assert.DoesNotContain("vigie", scene.Alpha.Execute("nft", "list", "ruleset"), StringComparison.Ordinal);
        scene.WaitUntilServedBy(scene.Beta);
        AssertSeamless(scene, stopped, scene.Alpha, scene.Beta);
        Assert.True(took < 10 * (scene.SkewOf(100) + TimeSpan.FromMilliseconds(250)), $"it took {took.TotalMilliseconds:0} ms to leave");

        var returned = LabClock.Now;
        scene.Start(scene.Alpha, 150, VirtualRouterState.Active);
        scene.WaitUntilServedBy(scene.Alpha);
        beta.WaitForRouter("db", "no leave under way", router => !router.Addresses.Any(address => address.Present));
        AssertSeamless(scene, returned, scene.Beta, scene.Alpha);
        scene.AssertOnlyOwner(scene.Alpha, advertisements: 5);
    }

    [Fact]
    public void Alone_a_host_waits_a_moment_for_a_successor_and_a_second_signal_ends_that()
    {
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromSeconds(4) });
        var alpha = scene.Start(scene.Alpha, 255, VirtualRouterState.Active);
        Condition.WaitFor("alpha to hold the VIPs", () => scene.Vips.All(scene.Alpha.Holds));

        var stopped = LabClock.Now;
        alpha.Process.Signal(Signals.Terminate);
        scene.Ear.WaitFor(stopped, "resignation", 1, heard => heard.IsResignation);
        Assert.True(scene.Vips.All(scene.Alpha.Holds));
        Assert.False(alpha.Process.Exited);
        Assert.Equal(ExitCode.Ok, alpha.Stop());

        Assert.True(LabClock.Now - stopped < TimeSpan.FromSeconds(8), "the second signal changed nothing");
        Assert.DoesNotContain(scene.Alpha.Addresses(), scene.Vips.Contains);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(100)]
    [InlineData(10)]
    public void Switchover_failback_drain_and_undrain_lose_nothing_and_survive_a_restart(int interval)
    {
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromMilliseconds(interval) });
        var (_, beta) = scene.StartPair();

        var moved = LabClock.Now;
        var (exitCode, output, errors) = Verb(scene.Alpha, "switchover", "db");
        Assert.True(exitCode == ExitCode.Ok && output.Contains("has moved to", StringComparison.Ordinal), $"{exitCode}: {output}{errors}");
        scene.WaitUntilServedBy(scene.Beta);
        AssertSeamless(scene, moved, scene.Alpha, scene.Beta);
        scene.AssertOnlyOwner(scene.Beta, advertisements: 8); // alpha is fitter and does not preempt
        Assert.Equal(ExitCode.Refused, Verb(scene.Alpha, "switchover", "db").ExitCode);
        Assert.Contains("peer channel", Verb(scene.Beta, "switchover", "db", "--to", "alpha").Errors, StringComparison.Ordinal);

        var back = LabClock.Now;
        Assert.Equal(ExitCode.Ok, Verb(scene.Alpha, "failback", "db").ExitCode);
        scene.WaitUntilServedBy(scene.Alpha);
        beta.WaitForRouter("db", "no leave under way", router => !router.Addresses.Any(address => address.Present));
        AssertSeamless(scene, back, scene.Beta, scene.Alpha);

        var drained = LabClock.Now;
        Assert.Equal(ExitCode.Ok, Verb(scene.Alpha, "drain").ExitCode);
        scene.WaitUntilServedBy(scene.Beta);
        AssertSeamless(scene, drained, scene.Alpha, scene.Beta);

        var undrained = LabClock.Now;
        Assert.Equal(ExitCode.Ok, Verb(scene.Alpha, "undrain").ExitCode);
        scene.WaitUntilServedBy(scene.Alpha);
        beta.WaitForRouter("db", "no leave under way", router => !router.Addresses.Any(address => address.Present));
        AssertSeamless(scene, undrained, scene.Beta, scene.Alpha);
    }

    [Fact]
    public void A_drained_host_stays_drained_after_a_restart_until_it_is_undrained()
    {
        using var scene = new VipScene();
        var alpha = scene.Start(scene.Alpha, 255, VirtualRouterState.Active);
        var (exitCode, output, errors) = Verb(scene.Alpha, "drain");
        Assert.True(exitCode == ExitCode.Refused, $"{exitCode}: {output}{errors}"); // nobody else is there: it serves on
        Assert.Equal("drain", alpha.TryRouter("db")!.StandsAside);
        Assert.True(scene.Vips.All(scene.Alpha.Holds));

        alpha.Kill();
        scene.Alpha.Execute("rm", "-f", scene.Alpha.SocketPath);
        alpha = VigieDaemon.StartAgain(scene.Alpha);
        alpha.WaitForState("db", VirtualRouterState.Backup);
        var beta = scene.Start(scene.Beta, 100, VirtualRouterState.Active);
        scene.Ear.WaitFor("advertisement of beta", 10, heard => heard.Mac == scene.Beta.Interface("eth0").Mac);
        Assert.Equal(VirtualRouterState.Backup, alpha.TryRouter("db")!.State); // although it is the address owner

        Assert.Equal(ExitCode.Ok, Verb(scene.Alpha, "undrain").ExitCode);
        alpha.WaitForState("db", VirtualRouterState.Active);
        beta.WaitForState("db", VirtualRouterState.Backup);
        Assert.Null(alpha.TryRouter("db")!.StandsAside);
    }

    [Fact]
    public void A_muted_host_answers_no_ARP_and_goes_on_serving()
    {
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromSeconds(2) });
        var alpha = scene.Start(scene.Alpha, 255, VirtualRouterState.Active);
        scene.Probe();
        scene.WaitUntilServedBy(scene.Alpha);
        using var successor = new RawFrames(scene.Gamma);

        var stopped = LabClock.Now;
        alpha.Process.Signal(Signals.Terminate);
        scene.Ear.WaitFor(stopped, "resignation", 2, heard => heard.IsResignation);
        Assert.Equal(0, Ask(scene)); // it answers until somebody else speaks
        foreach (var (family, source) in new[] { (IpFamily.IPv4, scene.Gamma.IPv4), (IpFamily.IPv6, IpAddress.Parse("fe80::77")) })
        {
            successor.Advertise(source, new VrrpAdvertisement
            {
                Version = VrrpVersion.V3, Family = family, Vrid = 51, Priority = 50, Interval = scene.Setup.Interval,
                ChecksumForm = Ipv4ChecksumForm.PseudoHeader,
            }, [.. scene.Vips.Where(vip => vip.Family == family)]);
        }

        Condition.WaitFor("both VIPs to be muted", () => scene.Vips.All(vip =>
            scene.Alpha.Execute("nft", "list", "ruleset").Contains($"{vip} timeout", StringComparison.Ordinal)));
        Assert.Equal(1, Ask(scene));
        foreach (var probe in scene.Probes)
            Assert.True(probe.Snapshot().LongestGap(stopped, Instant.Never)!.Lost <= MostLost, probe.Snapshot().ToString());
        alpha.Process.WaitForExit();
        Assert.DoesNotContain("vigie", scene.Alpha.Execute("nft", "list", "ruleset"), StringComparison.Ordinal);
    }

    [Fact]
    public void Connections_are_closed_when_their_host_leaves()
    {
        using var scene = new VipScene();
        foreach (var host in scene.Competitors)
            TcpNameService.Start(host, [.. scene.Vips]);
        var yaml = scene.Yaml(scene.Alpha, 150).Replace("preempt: true", "preempt: true\n    close_connections: true", StringComparison.Ordinal);
        VigieDaemon.Start(scene.Alpha, yaml).WaitForState("db", VirtualRouterState.Active);
        scene.Start(scene.Beta, 100, VirtualRouterState.Backup);
        scene.Probe();
        scene.WaitUntilServedBy(scene.Alpha);
        var sockets = scene.Vips.Select(vip => Connect(scene, vip)).ToArray();

        Assert.Equal(ExitCode.Ok, Verb(scene.Alpha, "switchover", "db").ExitCode);

        // Neither says anything, so that nobody but the leaver can have told the client.
        foreach (var socket in sockets)
        {
            var error = Assert.Throws<SocketException>(() => socket.Receive(new byte[64]));
            Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
            socket.Dispose();
        }
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(100)]
    public void Connections_of_a_host_that_lost_its_power_are_reset_by_its_successor(int interval)
    {
        using var scene = new VipScene(new VirtualRouterSetup { Interval = TimeSpan.FromMilliseconds(interval) });
        foreach (var host in scene.Competitors)
            TcpNameService.Start(host, [.. scene.Vips]);
        scene.StartPair();
        TcpStreamProbe[] streams = [.. scene.Vips.Select(vip => TcpStreamProbe.Start(scene.Client, vip))];
        foreach (var stream in streams)
            stream.WaitForStreamTo("alpha", answers: 20);

        var cut = LabClock.Now;
        scene.Alpha.CutPower();
        foreach (var stream in streams)
            stream.WaitForStreamTo("beta");

        // Nobody could close them for alpha. The client repeats what was not acknowledged after pauses that double, from 0.2 s on;
        // the first repetition that reaches beta is answered with a reset.
        var bound = 2 * scene.ActiveDownOf(100) + TimeSpan.FromSeconds(1);
        foreach (var stream in streams)
        {
            var broken = Assert.Single(stream.Conversations, talk => talk.Host == "alpha" && talk.Ended >= cut);
            Assert.Equal(StreamEnd.Reset, broken.End);
            Assert.InRange(broken.Ended - cut, TimeSpan.Zero, bound);
        }
    }

    private static Socket Connect(VipScene scene, IpAddress vip) => scene.Client.Inside(() =>
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        socket.Connect(System.Net.IPAddress.Parse(vip.ToString()), TcpNameService.DefaultPort);
        Assert.True(socket.Receive(new byte[64]) > 0); // the greeting
        return socket;
    });

    private static int Ask(VipScene scene) => scene.Client.TryExecute("arping", "-I", "eth0", "-c", "1", "-w", "1", VipScene.Vip4.ToString()).ExitCode;

    private static (int ExitCode, string Output, string Errors) Verb(LabHost host, params string[] words) =>
        host.TryExecute(VigieDaemon.FindExecutable(), [.. words, "--socket", host.SocketPath]);

    /// <summary>Nothing was lost, and once the successor has announced an address nobody else announces or claims it.</summary>
    private static void AssertSeamless(VipScene scene, Instant from, LabHost leaver, LabHost successor)
    {
        foreach (var probe in scene.Probes)
        {
            var seen = probe.Snapshot();
            var gap = seen.LongestGap(from, Instant.Never)!;
            // A probe that could not run itself says so; at 10 ms the daemons could not either.
            Assert.True(gap.Lost <= MostLost + 2 * gap.LongestStall.TotalMilliseconds, $"{gap}; {seen}");
        }

        var taught = scene.Ear.Announcements.Where(said => said.At >= from && scene.Vips.Contains(said.Address)).ToArray();
        foreach (var vip in scene.Vips)
        {
            var first = taught.First(said => said.Address == vip && said.Mac == successor.Interface("eth0").Mac).At;
            Assert.DoesNotContain(taught, said => said.Address == vip && said.Mac == leaver.Interface("eth0").Mac && said.At > first + TimeSpan.FromMilliseconds(50));
        }
    }
}
