using Vigie.Core.Net;
using Vigie.Node.Events;
using Vigie.Node.Routers;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>Senders that disagree with us are reported once per change, and cannot fill the events that are kept.</summary>
public class DisagreementTests
{
    private static readonly IpAddress Third = IpAddress.Parse("192.0.2.30");

    [Fact]
    public void Two_senders_that_disagree_in_different_ways_are_reported_once_each()
    {
        var host = Active();
        for (var i = 0; i < 100; i++)
        {
            Hear(host, ConformanceHost.Peer, "192.0.2.101", seconds: 3);
            Hear(host, Third, "192.0.2.102", seconds: 0.1);
        }

        Assert.Equal(
            [
                (NodeEventKind.AddressListMismatch, ConformanceHost.Peer), (NodeEventKind.IntervalMismatch, ConformanceHost.Peer),
                (NodeEventKind.AddressListMismatch, Third), (NodeEventKind.IntervalMismatch, Third),
            ],
            host.Events.Select(e => (e.Kind, e.Source)));
        Assert.Equal("received 200, mismatches 200", host.Counters());
    }

    [Fact]
    public void A_sender_that_agreed_again_and_disagrees_as_before_is_reported_again()
    {
        var host = Active();
        Hear(host, ConformanceHost.Peer, "192.0.2.101", seconds: 3);
        Hear(host, ConformanceHost.Peer, "192.0.2.100", seconds: 1);
        host.Clear();

        Hear(host, ConformanceHost.Peer, "192.0.2.101", seconds: 3);

        Assert.Equal([NodeEventKind.AddressListMismatch, NodeEventKind.IntervalMismatch], host.Events.Select(e => e.Kind));
    }

    [Fact]
    public void A_sender_that_changes_with_every_message_is_reported_a_few_times_and_again_after_the_window()
    {
        var host = Active();
        for (var i = 0; i < 100; i++)
            Hear(host, ConformanceHost.Peer, $"192.0.2.{101 + i}");
        Assert.Equal(DisagreementMemory.ReportsPerWindow, host.Events.Count);
        host.Clear();

        host.Now += DisagreementMemory.Window;
        Hear(host, ConformanceHost.Peer, "192.0.2.200");
        Hear(host, ConformanceHost.Peer, "192.0.2.200");

        Assert.Single(host.Events, e => e.Kind == NodeEventKind.AddressListMismatch);
    }

    [Fact]
    public void More_senders_than_are_remembered_are_counted_but_reported_only_when_there_is_room_again()
    {
        var host = Active();
        for (var round = 0; round < 3; round++)
            for (var sender = 0; sender < 2 * DisagreementMemory.MaximumSenders; sender++)
                Hear(host, IpAddress.Parse($"192.0.2.{200 + sender}"), "192.0.2.101");
        Assert.Equal(DisagreementMemory.MaximumSenders, host.Events.Count);
        Assert.Equal("received 96, mismatches 96", host.Counters());
        host.Clear();

        host.Now += DisagreementMemory.Window;
        Hear(host, IpAddress.Parse("192.0.2.250"), "192.0.2.101");

        Assert.Equal(
            [IpAddress.Parse("192.0.2.250")],
            host.Events.Where(e => e.Kind == NodeEventKind.AddressListMismatch).Select(e => e.Source));
    }

    // Of a lower priority than ours, so that nothing but the disagreement can be an event.
    private static void Hear(ConformanceHost host, IpAddress from, string addresses, double seconds = 1) =>
        host.Receive(ConformanceHost.Message(priority: 1, addresses: addresses, from: from, seconds: seconds), from);

    private static ConformanceHost Active()
    {
        var host = new ConformanceHost(ConformanceHost.Config()).StartActive().ConfirmAddresses();
        host.Clear();
        return host;
    }
}
