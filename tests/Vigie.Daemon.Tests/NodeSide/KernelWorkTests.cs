using System.Diagnostics;
using Vigie.Core.Net;
using Vigie.Daemon.NodeSide;
using Vigie.Linux;
using Vigie.Node.Ports;
using Xunit;

namespace Vigie.Daemon.Tests.NodeSide;

/// <summary>The writer thread's work on the kernel, in a namespace of its own.</summary>
public sealed class KernelWorkTests
{
    private const int Loopback = 1;
    private const int Rounds = 200;

    [Fact]
    public void An_applied_address_is_delivered_when_the_outcome_is_told_though_others_hold_the_routing_lock()
    {
        using var fresh = NetworkNamespace.Create();
        using var contention = new Contention();
        NetworkNamespace.Run(fresh, () =>
        {
            using (var up = Process.Start("ip", ["link", "set", "lo", "up"]))
                up.WaitForExit();
            using var routes = new RouteSocket();
            using var ipv4 = VrrpSocket.Open(IpFamily.IPv4);
            using var ipv6 = VrrpSocket.Open(IpFamily.IPv6);
            using var arp = new ArpListener();
            using var neighbors = new NeighborListener();
            using var work = new KernelWork(routes, new Listeners(ipv4, ipv6, arp, neighbors));
            IpPrefix[] addresses = [IpPrefix.Parse("fd77::100/64"), IpPrefix.Parse("10.77.0.100/24"), IpPrefix.Parse("fd77::101/64")];
            var plan = new AddressPlan(0, 1, Loopback, addresses, addresses.Length, Present: true, 60);
            for (var round = 0; round < Rounds; round++)
            {
                Assert.Equal(0, work.Apply(plan).Error);
                Assert.All(addresses, prefix => Assert.True(routes.IsDelivered(Loopback, prefix.Address), $"{prefix} in round {round}"));
                Assert.Equal(0, work.Apply(plan with { Present = false }).Error);
            }
        });
        Assert.True(contention.Rounds > 0);
    }

    /// <summary>Makes and unmakes namespaces, for which the kernel takes its one routing lock.</summary>
    private sealed class Contention : IDisposable
    {
        private readonly Thread _thread;
        private volatile bool _stopping;

        public Contention()
        {
            _thread = new Thread(() =>
            {
                while (!_stopping)
                {
                    NetworkNamespace.Create().Dispose();
                    Rounds++;
                }
            }) { IsBackground = true };
            _thread.Start();
        }

        public int Rounds { get; private set; }

        public void Dispose()
        {
            _stopping = true;
            _thread.Join();
        }
    }
}
