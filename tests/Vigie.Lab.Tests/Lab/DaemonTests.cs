using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;
using Vigie.Lab.Topologies;
using Xunit;

namespace Vigie.Lab.Tests.Lab;

/// <summary>The lab can run the peers that Vigie is compared with, and its probe sees their failover.</summary>
public sealed class DaemonTests
{
    private static readonly VirtualRouterSetup Router = new();

    [Fact]
    public void A_failover_of_keepalived_is_seen_by_the_client_in_both_families()
    {
        using var lab = new TwoHostsAndClient();
        foreach (var host in lab.Competitors)
            UdpEcho.Start(host, TwoHostsAndClient.Vip4.Address, TwoHostsAndClient.Vip6.Address);
        var alpha = KeepalivedDaemon.Start(lab.Alpha, Router with { Priority = 150 });
        var beta = KeepalivedDaemon.Start(lab.Beta, Router);
        var probes = new[] { TwoHostsAndClient.Vip4, TwoHostsAndClient.Vip6 }.Select(vip => UdpProbe.Start(lab.Client, vip.Address)).ToArray();
        foreach (var probe in probes)
            probe.WaitForAnswerFrom("alpha", count: 100);
        Assert.Equal("MASTER", alpha.State("db4"));

        var cut = LabClock.Now;
        lab.Lan.Faults.Block(lab.Alpha.Interface("eth0"));
        alpha.Kill();
        beta.WaitForState("db6", "MASTER");

        foreach (var probe in probes)
        {
            probe.WaitForAnswerFrom("beta", count: 100);
            var gap = probe.Stop().LongestGap(cut, Instant.Never)!;
            Assert.Equal(("alpha", "beta"), (gap.Before, gap.After));
            // Active_Down_Interval at priority 100 is 361 ms, counted from the last advertisement, at most 100 ms before the cut.
            Assert.InRange(gap.Length.TotalMilliseconds, 255, 1500 + gap.LongestStall.TotalMilliseconds);
        }
    }

    [Fact]
    public void Keepalived_ends_with_its_children_and_leaves_its_dump_in_the_hosts_folder()
    {
        using var lab = new TwoHostsAndClient();
        var daemon = KeepalivedDaemon.Start(lab.Alpha, Router);
        daemon.WaitUntilHolding(TwoHostsAndClient.Vip6.Address);

        Assert.Contains("Virtual Router ID = 51", daemon.Dump(), StringComparison.Ordinal);
        Assert.Equal(2, daemon.Process.Tree().Count);
        Assert.Equal(0, daemon.Stop());
        Assert.False(lab.Alpha.Holds(TwoHostsAndClient.Vip6.Address));
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void A_failover_of_FRR_is_seen_by_the_client(IpFamily family)
    {
        using var lab = new TwoHostsAndClient();
        var setup = Router.OnlyFamily(family);
        var vip = setup.Addresses[0].Address;
        foreach (var host in lab.Competitors)
            UdpEcho.Start(host, vip);
        var alpha = FrrVrrpDaemon.Start(lab.Alpha, setup with { Priority = 150 });
        var beta = FrrVrrpDaemon.Start(lab.Beta, setup);
        alpha.WaitForState(setup.Vrid, family, "Master");
        beta.WaitForState(setup.Vrid, family, "Backup");
        var probe = UdpProbe.Start(lab.Client, vip);
        probe.WaitForAnswerFrom("alpha", count: 100);

        var cut = LabClock.Now;
        lab.Lan.Faults.Block(lab.Alpha.Interface("eth0"));
        alpha.Kill();
        probe.WaitForAnswerFrom("beta", count: 100);

        Assert.Equal("Master", beta.State(setup.Vrid, family));
        var gap = probe.Stop().LongestGap(cut, Instant.Never)!;
        Assert.Equal(("alpha", "beta"), (gap.Before, gap.After));
    }

    [Fact]
    public void A_setup_says_the_same_in_every_language()
    {
        var router = Router with { Priority = 150, Interval = TimeSpan.FromMilliseconds(10), Preempt = false, Peers = [IpAddress.Parse("10.77.0.2")] };

        Assert.Equal("""
            node: alpha
            virtual_routers:
              - name: db
                vrid: 51
                interface: eth0
                addresses: [10.77.0.100/24, fd77::100/64]
                priority: 150
                advertisement_interval: 10ms
                version: 3
                preempt: false
                peers: [10.77.0.2]

            """, VirtualRouterSetup.ToVigie("alpha", router));
        Assert.Equal("""
            interface eth0
             vrrp 51 version 3
             vrrp 51 priority 150
             vrrp 51 advertisement-interval 10
             no vrrp 51 preempt
             vrrp 51 ip 10.77.0.100
             vrrp 51 ipv6 fd77::100
            exit

            """, VirtualRouterSetup.ToFrr(router));
    }
}
