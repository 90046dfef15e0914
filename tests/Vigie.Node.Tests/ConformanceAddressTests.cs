using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Events;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>RFC 9568 6.4 and 8: the addresses on the interface, and the ARP and neighbour messages that speak of them.</summary>
public sealed class ConformanceAddressTests
{
    private static string Hex(byte[] frame) => Convert.ToHexStringLower(frame);

    [Fact]
    public void Becoming_Active_puts_every_address_on_the_interface_in_one_go_with_a_lifetime()
    {
        var host = new ConformanceHost(ConformanceHost.Config("192.0.2.100/24 2001:db8::100/64")).Start();
        host.Clear();

        host.Step(3.61);

        Assert.Equal([new ConformanceHost.Plan("192.0.2.100/24 2001:db8::100/64", true, 6)], host.Plans);
    }

    [Fact]
    public void A_Backup_has_every_address_taken_off_so_that_the_host_answers_for_none()
    {
        var host = new ConformanceHost(ConformanceHost.Config("192.0.2.100/24 2001:db8::100/64")).StartActive().ConfirmAddresses();
        host.Clear();

        host.Receive(ConformanceHost.Message());
        Assert.Equal(RouterState.Backup, host.State);
        host.Step(1);

        // Not before the other one has announced them, or had a second for it; muted meanwhile.
        Assert.Equal([new ConformanceHost.Plan("192.0.2.100/24 2001:db8::100/64", false, 0)], host.Plans);
    }

    [Fact]
    public void Nothing_is_announced_before_the_kernel_holds_the_addresses()
    {
        var host = new ConformanceHost(ConformanceHost.Config("192.0.2.100/24 2001:db8::100/64")).StartActive();
        host.Step(0.1).Step(0.5);
        Assert.Empty(host.Frames);

        host.ConfirmAddresses().Step();

        Assert.Equal(3, host.Frames.Count);
    }

    [Fact]
    public void Each_IPv4_address_is_announced_by_gratuitous_ARP_from_the_address_itself_request_and_reply()
    {
        var host = new ConformanceHost(ConformanceHost.Config()).StartActive().ConfirmAddresses().Step();

        Assert.Equal(
            [
                "ffffffffffff02000000000a0806" + "0001080006040001" + "02000000000ac0000264" + "000000000000c0000264",
                "ffffffffffff02000000000a0806" + "0001080006040002" + "02000000000ac0000264" + "02000000000ac0000264",
            ],
            host.Frames.Select(Hex));
    }

    [Theory]
    [InlineData(true, "a0000000")]
    [InlineData(false, "20000000")]
    public void Each_IPv6_address_is_announced_unsolicited_with_override_and_the_router_flag_of_a_host_that_forwards(bool forwards, string flags)
    {
        var host = new ConformanceHost(ConformanceHost.Config("2001:db8::100/64"), forwards).StartActive().ConfirmAddresses().Step();

        var frame = Hex(Assert.Single(host.Frames));
        Assert.Equal("33330000000102000000000a86dd", frame[..28]); // all nodes
        Assert.Equal("8800", frame[108..112]);
        Assert.Equal(flags + "20010db8000000000000000000000100" + "0201" + "02000000000a", frame[116..]);
    }

    [Fact]
    public void Reload_with_fewer_addresses_announces_only_those_once_the_kernel_holds_them()
    {
        var config = ConformanceHost.Config("192.0.2.100/24 192.0.2.101/24 192.0.2.102/24");
        var host = new ConformanceHost(config).StartActive().ConfirmAddresses().Step();
        host.Loop.Reconfigure(
            host.Now, new NodeConfig { Node = "alpha", VirtualRouters = [config with { Addresses = [IpPrefix.Parse("192.0.2.100/24")] }] });
        host.Clear();

        host.Step(0.02);
        Assert.Empty(host.Frames);
        host.ConfirmAddresses().Step();

        Assert.Equal(2, host.Frames.Count);
    }

    [Fact]
    public void A_lesser_Active_is_answered_with_an_advertisement_and_new_announcements()
    {
        var host = new ConformanceHost(ConformanceHost.Config()).StartActive().ConfirmAddresses().Step(0.3);
        host.Clear();

        host.Receive(ConformanceHost.Message(priority: 50));
        host.Step();

        Assert.Equal((1, 2), (host.Advertisements.Count, host.Frames.Count));
    }

    [Fact]
    public void Two_owners_of_an_address_on_the_link_are_seen_and_answered()
    {
        var host = new ConformanceHost(ConformanceHost.Config()).StartActive().ConfirmAddresses();
        for (var i = 0; i < 40; i++)
            host.Step(0.5); // every burst of the takeover is over
        host.Clear();
        var foreign = new byte[ArpCodec.Length];
        ArpCodec.Encode(
            new ArpPacket
            {
                Operation = ArpOperation.Reply,
                SenderMac = new MacAddress(0x0200_0000_00EE),
                SenderIp = IpAddress.Parse("192.0.2.100"),
                TargetMac = ConformanceHost.Mac,
                TargetIp = ConformanceHost.Ours,
            },
            foreign);

        host.Loop.OnArp(host.Now, ConformanceHost.Eth0, foreign);
        host.Step(1.0);

        Assert.Equal([NodeEventKind.ForeignClaim], host.Events.Select(e => e.Kind));
        Assert.Empty(host.Frames); // its sender may be a better Active, and has an interval to say so
        host.Step(0.01);
        Assert.Equal(2, host.Frames.Count);
    }

    [Fact]
    public void What_a_predecessor_left_is_taken_off_before_anything_is_said()
    {
        var host = new ConformanceHost(ConformanceHost.Config());
        host.Loop.OnLink(host.Now, new LinkReport(ConformanceHost.Eth0, "eth0", ConformanceHost.Mac, Running: true, ForwardsIPv6: false));
        host.Loop.OnAddress(host.Now, new AddressReport(ConformanceHost.Eth0, IpPrefix.Parse("192.0.2.99/32"), Ours: true, Usable: true));
        host.Loop.OnAddress(host.Now, new AddressReport(ConformanceHost.Eth0, IpPrefix.Parse("192.0.2.10/24"), Ours: false, Usable: true));

        host.Loop.Start(host.Now);

        Assert.Contains(new ConformanceHost.Plan("192.0.2.99/32", false, 0), host.Plans);
        Assert.DoesNotContain(host.Plans, plan => plan.Present);
    }

    [Fact]
    public void An_address_that_the_kernel_refuses_is_given_up_with_a_resignation()
    {
        var host = new ConformanceHost(ConformanceHost.Config()).StartActive();
        host.Clear();

        host.Loop.OnAddressesApplied(
            host.Now, new AddressOutcome(host.LastPlan.Router, host.LastPlan.Generation, true, 1, IpPrefix.Parse("192.0.2.100/24")));

        Assert.Equal((RouterState.Fault, 0), (host.State, Assert.Single(host.Advertisements).Message[2]));
        Assert.Equal([NodeEventKind.AddressRefused, NodeEventKind.StateChanged, NodeEventKind.PreemptionHeld], host.Events.Select(e => e.Kind));
        Assert.Equal(30, host.Events[^1].Count);
    }

    [Fact]
    public void With_accept_mode_off_packets_to_the_virtual_addresses_are_refused_unless_we_own_them()
    {
        var config = ConformanceHost.Config("192.0.2.100/24 2001:db8::100/64") with { Accept = false };

        Assert.Equal(
            ["192.0.2.100", "2001:db8::100"], new ConformanceHost(config).Start().Listening!.RefusedAddresses.Select(a => a.ToString()));
        Assert.Empty(new ConformanceHost(config with { Priority = 255 }).Start().Listening!.RefusedAddresses);
        Assert.Empty(new ConformanceHost(ConformanceHost.Config()).Start().Listening!.RefusedAddresses);
    }
}
