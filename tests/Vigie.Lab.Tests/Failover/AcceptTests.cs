using Vigie.Contract;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>
/// Accept_Mode (RFC 9568 6.1): whether the Active takes packets for the VIP itself. In either case it answers ARP and
/// neighbour solicitations for it (8.1.2, 8.2.2), and its real addresses are not concerned.
/// </summary>
public sealed class AcceptTests
{
    private const int Questions = 200;
    private const int Connections = 20;

    [Theory]
    [InlineData(100, "accept: false", false)]
    [InlineData(100, "accept: true", true)]
    [InlineData(100, null, true)]
    [InlineData(255, "accept: false", true)]
    public void A_client_is_answered_only_where_packets_are_accepted(byte priority, string? line, bool accepted)
    {
        using var scene = new VipScene();
        TcpNameService.Start(scene.Alpha, [.. scene.Vips, scene.Alpha.IPv4, scene.Alpha.IPv6]);
        var alpha = VigieDaemon.Start(scene.Alpha, scene.Yaml(scene.Alpha, priority) + (line is null ? "" : $"    {line}\n"));
        alpha.WaitForState("db", VirtualRouterState.Active);

        foreach (var vip in scene.Vips)
        {
            Assert.Equal(accepted, scene.Client.Reaches(vip));
            AssertUdp(scene, vip, accepted);
            Assert.Equal(accepted, Connects(scene, vip));
            // Nobody was silent at the layer below: the client knows whom to send to.
            Assert.Equal(scene.Alpha.Interface("eth0").Mac, NeighborMac(scene.Client, vip));
        }

        Assert.Equal(0, scene.Client.TryExecute("arping", "-c", "2", "-w", "5", "-I", "eth0", VipScene.Vip4.ToString()).ExitCode);
        foreach (var real in new[] { scene.Alpha.IPv4, scene.Alpha.IPv6 })
        {
            Assert.True(scene.Client.Reaches(real), $"{real} does not answer an echo request");
            Assert.True(Connects(scene, real), $"{real} does not accept connections");
        }

        Assert.Equal(!accepted, HasTable(scene.Alpha));
        Assert.Equal(ExitCode.Ok, alpha.Stop());
        Assert.False(HasTable(scene.Alpha), "the rules outlived the daemon");
    }

    [Fact]
    public void A_reload_turns_acceptance_off_and_on_again_without_an_election()
    {
        using var scene = new VipScene();
        var alpha = scene.Start(scene.Alpha, 100, VirtualRouterState.Active);
        var before = alpha.TryRouter("db")!;
        foreach (var accept in new[] { false, true })
        {
            File.WriteAllText(VigieDaemon.ConfigPath(scene.Alpha), scene.Yaml(scene.Alpha, 100) + $"    accept: {(accept ? "true" : "false")}\n");
            Assert.Equal(200, alpha.Reload().Status);
            Condition.WaitFor("the rules to follow", () => HasTable(scene.Alpha) != accept);
            foreach (var vip in scene.Vips)
                Assert.Equal(accept, scene.Client.Reaches(vip));
        }

        var after = alpha.TryRouter("db")!;
        Assert.Equal((before.State, before.Transitions), (after.State, after.Transitions));
    }

    private static void AssertUdp(VipScene scene, IpAddress target, bool answered)
    {
        using var probe = UdpProbe.Start(scene.Client, target);
        if (answered)
            probe.WaitForAnswerFrom("alpha");
        else
            Condition.WaitFor($"{Questions} questions to {target}", () => probe.Sent >= Questions);
        Assert.Equal(answered, probe.Stop().Answered > 0);
    }

    private static bool Connects(VipScene scene, IpAddress target)
    {
        using var probe = TcpConnectProbe.Start(scene.Client, target);
        Condition.WaitFor($"{Connections} connections to {target}, or a greeting", () => probe.Snapshot() is var seen && (seen.Succeeded > 0 || seen.Attempts.Length >= Connections));
        return probe.Stop().Succeeded > 0;
    }

    private static MacAddress? NeighborMac(LabHost client, IpAddress address)
    {
        var words = client.Execute("ip", "neigh", "show", address.ToString(), "dev", "eth0").Split(' ');
        var at = Array.IndexOf(words, "lladdr");
        return at >= 0 && MacAddress.TryParse(words[at + 1], out var mac) ? mac : null;
    }

    private static bool HasTable(LabHost host) => host.Execute("nft", "list", "tables").Contains("vigie_accept", StringComparison.Ordinal);
}
