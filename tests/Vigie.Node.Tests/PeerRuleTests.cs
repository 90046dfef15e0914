using Vigie.Core.Net;
using Vigie.Node.Ports;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>Whom the kernel is to let through to a virtual router with peers.</summary>
public sealed class PeerRuleTests
{
    [Fact]
    public void A_family_with_peers_is_heard_from_them_alone_and_a_family_without_from_everybody()
    {
        var config = ConformanceHost.Config("192.0.2.100/24 2001:db8::100/64") with { Peers = [ConformanceHost.Peer] };
        var host = new ConformanceHost(config).Start();

        var rule = Assert.Single(host.Listening!.PeerRules);
        Assert.Equal(("vr", ConformanceHost.Eth0, 51, IpFamily.IPv4), (rule.Router, rule.InterfaceIndex, rule.Vrid, rule.Family));
        Assert.Equal([ConformanceHost.Peer], rule.Peers);
    }

    [Fact]
    public void There_is_no_rule_without_peers_without_the_interface_and_after_the_end()
    {
        Assert.Empty(new ConformanceHost(ConformanceHost.Config()).Start().Listening!.PeerRules);

        var config = ConformanceHost.Config() with { Peers = [ConformanceHost.Peer] };
        var host = new ConformanceHost(config).Start();
        Assert.Single(host.Listening!.PeerRules);
        host.Loop.OnLinkRemoved(host.Now, ConformanceHost.Eth0);
        host.Step();
        Assert.Empty(host.Listening!.PeerRules);

        host = new ConformanceHost(config).Start();
        host.Loop.Shutdown(host.Now);
        Assert.Empty(host.Listening!.PeerRules);
    }
}
