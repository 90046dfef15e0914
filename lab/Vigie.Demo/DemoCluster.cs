using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab;
using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;
using Vigie.Lab.Topologies;

namespace Vigie.Demo;

/// <summary>What the client saw while something happened: the longest time without an answer, by way of asking.</summary>
internal sealed record ClientOutage(ProbeGap? IPv4, ProbeGap? IPv6, TimeSpan? NewConnections);

/// <summary>The three hosts, and the client that keeps asking the shared address who is there.</summary>
internal sealed class DemoCluster : IDisposable
{
    internal const int AdvertisementsPerSecond = 10;

    private readonly ThreeHostsAndClient _lab;
    private UdpProbe? _ipv4;
    private UdpProbe? _ipv6;
    private TcpConnectProbe? _connections;

    internal DemoCluster(LabRunOptions options)
    {
        VigieDaemon.FindExecutable();
        _lab = new ThreeHostsAndClient(options);
        var setup = new VirtualRouterSetup { Interval = TimeSpan.FromSeconds(1.0 / AdvertisementsPerSecond) };
        Alpha = new DemoHost(_lab.Alpha, setup with { Priority = 150 });
        Beta = new DemoHost(_lab.Beta, setup with { Priority = 120 });
        Gamma = new DemoHost(_lab.Gamma, setup with { Priority = 100 });
    }

    internal DemoHost Alpha { get; }

    internal DemoHost Beta { get; }

    internal DemoHost Gamma { get; }

    internal IReadOnlyList<DemoHost> Hosts => [Alpha, Beta, Gamma];

    internal LabHost Client => _lab.Client;

    internal LabName RunName => _lab.Run.Name;

    internal static IpAddress Vip4 => ThreeHostsAndClient.Vip4.Address;

    internal static IpAddress Vip6 => ThreeHostsAndClient.Vip6.Address;

    /// <summary>The client's questions over IPv4; null before it has begun to ask.</summary>
    internal UdpProbe? IPv4 => _ipv4;

    /// <summary>The client's questions over IPv6; null before it has begun to ask.</summary>
    internal UdpProbe? IPv6 => _ipv6;

    internal void StartClient()
    {
        _ipv4 = UdpProbe.Start(Client, Vip4);
        _ipv6 = UdpProbe.Start(Client, Vip6);
        _connections = TcpConnectProbe.Start(Client, Vip4);
    }

    /// <summary>Waits until the client gets its answers from this host, whichever way it asks.</summary>
    internal void WaitForAnswersFrom(DemoHost host)
    {
        _ipv4!.WaitForAnswerFrom(host.Name, count: 50);
        _ipv6!.WaitForAnswerFrom(host.Name, count: 50);
        _connections!.WaitForGreetingFrom(host.Name, count: 5);
    }

    internal ClientOutage OutageBetween(Instant from, Instant to) => new(
        _ipv4!.Snapshot().LongestGap(from, to), _ipv6!.Snapshot().LongestGap(from, to), _connections!.Snapshot().Outage(from, to));

    /// <summary>Leaves hosts and daemons running and says how to look at them.</summary>
    internal void LeaveInPlace()
    {
        KeptHints.Print(this);
        _lab.Run.LeaveInPlace();
    }

    public void Dispose() => _lab.Dispose();
}
