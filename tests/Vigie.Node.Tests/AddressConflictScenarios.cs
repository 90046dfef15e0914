using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>Transcripts of a host that begins while another station answers for its virtual addresses.</summary>
public class AddressConflictScenarios
{
    private static readonly MacAddress Stranger = Host.Mac("02:00:00:00:00:66");

    [Fact]
    public void A_station_that_answers_keeps_the_role_away_until_it_is_silent()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(2.9);
        host.Chapter("a printer has the address");
        host.Arp("10.77.0.100", Stranger);
        host.Run(0.6);
        Assert.Equal((RouterState.Fault, TransitionReason.AddressConflict), (host.Status().State, host.Status().Reason));
        Assert.Equal((IpAddress.Parse("10.77.0.100"), Stranger), (host.Status().LastClaimAddress, host.Status().LastClaimMac));
        host.Chapter("asked again, it still answers");
        host.Run(0.5);
        host.Arp("10.77.0.100", Stranger);
        host.Chapter("then it does not");
        host.Run(0.9);
        Assert.Single(host.Table);
        Assert.Equal(0, host.Status().ForeignClaims);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void The_same_over_IPv6()
    {
        var host = new Host(Host.Router(addresses: "fd77::100/64 fd77::101/64")).Started();
        host.Run(2.9);
        host.NeighborAdvertisement("fd77::101", Stranger);
        host.Run(0.6);
        Assert.Equal(IpAddress.Parse("fd77::101"), host.Status().LastClaimAddress);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void An_answer_of_the_rightful_Active_that_is_heard_later_keeps_nobody_away()
    {
        var host = new Host(Host.Router(priority: 100)).Started();
        host.Run(2.9);
        host.Arp("10.77.0.100", Host.PeerMac);
        host.Run(0.2);
        host.Hear("10.77.0.2", 200);
        host.Run(3);
        Assert.Equal(RouterState.Backup, host.Status().State);
        host.Chapter("it dies: the takeover asks nothing and waits for nothing");
        host.Arp("10.77.0.100", Host.PeerMac);
        host.Run(0.7);
        Assert.Equal(RouterState.Active, host.Status().State);
        host.Transcript.AssertAsExpected();
    }

    /// <summary>Two hosts that start together ask the same at the same time.</summary>
    [Fact]
    public void Questions_of_others_are_no_claims()
    {
        var host = new Host(Host.Router(addresses: "10.77.0.100/24 fd77::100/64")).Started();
        host.Run(2.9);
        foreach (var address in (string[])["10.77.0.100", "fd77::100"])
        {
            var frame = new byte[ConflictProbe.MaximumFrameLength];
            var length = ConflictProbe.Write(frame, Host.PeerMac, IpAddress.Parse(address));
            var packet = frame.AsMemory(EthernetHeader.Length, length - EthernetHeader.Length);
            host.Give($"another host asks for {address}", () =>
            {
                if (address.Contains(':', StringComparison.Ordinal))
                    host.Loop.OnNeighborPacket(host.Now, Host.Eth0, Host.PeerMac, packet.Span);
                else
                    host.Loop.OnArp(host.Now, Host.Eth0, packet.Span);
            });
        }

        host.Run(1);
        Assert.Equal(RouterState.Active, host.Status().State);
    }

    /// <summary>Linux answers for an address of one interface through another one on the same segment.</summary>
    [Fact]
    public void An_answer_through_another_interface_of_this_host_is_no_conflict()
    {
        var other = Host.Mac("02:00:00:00:00:07");
        var host = new Host(Host.Router());
        host.Link("eth1", index: 3, mac: other);
        host.Started();
        host.Run(2.9);
        host.Arp("10.77.0.100", other);
        host.Run(1);
        Assert.Equal(RouterState.Active, host.Status().State);
    }

    [Fact]
    public void A_virtual_router_that_a_reload_adds_asks_and_the_others_go_on()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(5);
        host.Reconfigure(Host.Router(), Host.Router("web", 52, addresses: "10.77.0.101/24"));
        host.Run(2.9);
        host.Arp("10.77.0.101", Stranger);
        host.Run(0.6);
        Assert.Equal(RouterState.Active, host.Status().State);
        Assert.Equal(TransitionReason.AddressConflict, host.Status(1).Reason);
    }

    [Fact]
    public void An_interface_that_comes_back_is_asked_on_anew()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(5);
        host.Link(running: false);
        host.Run(1);
        host.Link();
        host.Run(2.9);
        host.Arp("10.77.0.100", Stranger);
        host.Run(0.6);
        Assert.Equal(TransitionReason.AddressConflict, host.Status().Reason);
    }

    [Fact]
    public void A_host_that_does_not_run_in_a_conflict_listens_again_before_it_takes_the_role()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(2.9);
        host.Arp("10.77.0.100", Stranger);
        host.Run(0.6);
        host.Sleep(10);
        host.Give("it runs again", () => { });
        Assert.Equal(RouterState.Fault, host.Status().State);
        host.Chapter("somebody has become Active meanwhile");
        host.Hear("10.77.0.2", 200);
        host.Run(1);
        Assert.Equal(RouterState.Backup, host.Status().State);
        host.Transcript.AssertAsExpected();
    }
}
