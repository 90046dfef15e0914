using Vigie.Contract;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;
using Vigie.Lab.Topologies;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>The shortest proof that the whole thing works: two real daemons, one VIP per family, a planned stop, a comeback.</summary>
public sealed class FailoverSmoke
{
    [Fact]
    public void The_VIP_moves_when_its_owner_is_stopped_and_returns_when_it_is_started_again()
    {
        using var lab = new TwoHostsAndClient();
        var setup = new VirtualRouterSetup { Priority = 150 };
        foreach (var host in lab.Competitors)
            UdpEcho.Start(host, TwoHostsAndClient.Vip4.Address, TwoHostsAndClient.Vip6.Address);
        var alpha = VigieDaemon.Start(lab.Alpha, setup);
        alpha.WaitForState("db", VirtualRouterState.Active);
        var beta = VigieDaemon.Start(lab.Beta, setup with { Priority = 100 });
        beta.WaitUntilFollowing("db");

        UdpProbe[] probes = [UdpProbe.Start(lab.Client, TwoHostsAndClient.Vip4.Address), UdpProbe.Start(lab.Client, TwoHostsAndClient.Vip6.Address)];
        foreach (var probe in probes)
            probe.WaitForAnswerFrom("alpha");

        Assert.Equal(ExitCode.Ok, alpha.Stop());
        Assert.False(lab.Alpha.Holds(TwoHostsAndClient.Vip4.Address) || lab.Alpha.Holds(TwoHostsAndClient.Vip6.Address), "the stopped host still holds a VIP");
        foreach (var probe in probes)
            probe.WaitForAnswerFrom("beta");
        beta.WaitForState("db", VirtualRouterState.Active);

        VigieDaemon.StartAgain(lab.Alpha).WaitForState("db", VirtualRouterState.Active);
        beta.WaitUntilFollowing("db");
        foreach (var probe in probes)
        {
            probe.WaitForAnswerFrom("alpha");
            var seen = probe.Stop();
            // After priority 0 a backup waits only its skew, 61 ms here; ten times that is a fault, not a slow machine.
            Assert.True(seen.LongestGap()!.Length < TimeSpan.FromMilliseconds(610) + seen.LongestStall, seen.ToString());
        }
    }
}
