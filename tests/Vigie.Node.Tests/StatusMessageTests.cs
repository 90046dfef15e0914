using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Node.Events;
using Vigie.Node.Messages;
using Vigie.Node.Ports;
using Vigie.Node.Routers;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>What travels to the control process comes out as it went in.</summary>
public class StatusMessageTests
{
    [Fact]
    public void A_routers_status_says_what_the_router_knows()
    {
        var host = new Host(Host.Router(priority: 100, addresses: "10.77.0.100/24 fd77::100/64", peers: "10.77.0.2 10.77.0.3")).Started();
        host.Run(4);
        host.Arp("10.77.0.100", Host.PeerMac);
        host.Hear("10.77.0.9", 200);
        host.Hear("10.77.0.3", 200, intervalMilliseconds: 500, destination: "10.77.0.1");

        var status = host.Status();

        Assert.Equal(("db", 51, "eth0"), (status.Name, status.Vrid, status.Interface));
        Assert.Equal((RouterState.Backup, TransitionReason.HigherPriority), (status.State, status.Reason));
        Assert.Equal(host.Now, status.Since);
        Assert.Equal(3, status.Transitions);
        Assert.Equal(100, status.Priority);
        Assert.Equal(TimeSpan.FromSeconds(1), status.AdvertisementInterval);
        // They stay until the better Active has announced them, one second at most.
        Assert.True(status.Leaving);
        Assert.Equal(
            [new AddressStatus(IpPrefix.Parse("10.77.0.100/24"), true), new AddressStatus(IpPrefix.Parse("fd77::100/64"), true)],
            status.Addresses);
        Assert.Equal(
            [
                new FamilyStatus(IpFamily.IPv4, IpAddress.Parse("10.77.0.1"), IpAddress.Parse("10.77.0.3"), 200, TimeSpan.FromMilliseconds(500)),
                new FamilyStatus(IpFamily.IPv6, IpAddress.Parse("fe80::1"), IpAddress.None, 0, TimeSpan.FromSeconds(1)),
            ],
            status.Families);
        Assert.Equal([IpAddress.Parse("10.77.0.2"), IpAddress.Parse("10.77.0.3")], status.Peers);
        Assert.Equal((6, 1), (status.Sent, status.Received));
        Assert.Equal(1, status.Drops[(int)DropReason.UnknownPeer]);
        Assert.Equal((1, Host.PeerMac, IpAddress.Parse("10.77.0.100")), (status.ForeignClaims, status.LastClaimMac, status.LastClaimAddress));
        Assert.Equal((0, 0), (status.AddressError, status.SendError));
        host.Run(1.01);
        Assert.False(host.Status().Leaving);
        Assert.All(host.Status().Addresses, address => Assert.False(address.Present));
    }

    [Fact]
    public void The_hold_on_preemption_is_told()
    {
        var host = new Host(Host.Router(priority: 100));
        host.Refused[IpAddress.Parse("10.77.0.100")] = 13;
        host.Started();
        Assert.Equal(Instant.Zero, host.Status().PreemptionHeldUntil);
        host.Run(4);
        Assert.Equal((RouterState.Fault, true), (host.Status().State, host.Status().PreemptionHeldUntil > host.Now + TimeSpan.FromSeconds(29)));
    }

    [Fact]
    public void A_status_with_all_that_a_configuration_may_hold_fits_its_buffer()
    {
        var addresses = string.Join(' ', Enumerable.Range(0, 255).SelectMany(i => (string[])[$"10.77.1.{i}/16", $"fd77::{i:x}/64"]));
        var peers = string.Join(' ', Enumerable.Range(0, 255).SelectMany(i => (string[])[$"10.77.2.{i}", $"fd77::1:{i:x}"]));
        var host = new Host(Host.Router(new string('n', 64), addresses: addresses, peers: peers));

        Assert.Equal((510, 510), (host.Status().Addresses.Length, host.Status().Peers.Length));
    }

    [Fact]
    public void Every_field_of_an_event_arrives()
    {
        var sent = new NodeEvent
        {
            Kind = NodeEventKind.ForeignClaim, At = new Instant(123_456_789), Router = 7, State = RouterState.Active,
            Reason = TransitionReason.TieLost, Address = IpPrefix.Parse("fd77::100/64"), Source = IpAddress.Parse("10.77.0.2"),
            Mac = Host.PeerMac, Drop = DropReason.Ttl, Error = 99, Count = 3, Interface = "eth0",
        };
        var buffer = new byte[EventMessage.MaximumLength];

        var reader = new SpanReader(buffer.AsSpan(0, EventMessage.Write(buffer, sent, "db")));

        Assert.Equal((byte)MessageKind.Event, reader.ReadByte());
        Assert.Equal(sent, EventMessage.Read(ref reader, out var name));
        Assert.Equal("db", name);
        Assert.Equal(0, reader.Rest.Length);
    }

    [Fact]
    public void The_nodes_own_status_and_its_answer_to_a_configuration_arrive_whole()
    {
        var status = new NodeStatus("alpha", 3, true, false, new Instant(1), new Instant(2), 4, 5, 6, 7, 8);
        var lateness = new LatenessHistogram();
        foreach (var microseconds in new[] { 3, 3, 100 })
            lateness.Record(TimeSpan.FromMicroseconds(microseconds), TimeSpan.FromMicroseconds(99));
        var buffer = new byte[4096];
        var reader = new SpanReader(buffer.AsSpan(0, status.Write(buffer, lateness)));
        Assert.Equal((byte)MessageKind.StatusEnd, reader.ReadByte());
        Assert.Equal(status, NodeStatus.Read(ref reader));
        var host = HostLateness.Read(ref reader);
        Assert.Equal(new LatenessStatus(3, 3, 100, 100, 100, 1), host.Summary);
        Assert.Equal([new LatenessBucket(3, 2), new LatenessBucket(103, 1)], host.Buckets);
        Assert.Equal(0, reader.Rest.Length);

        var outcome = new ReconfigureOutcome { Added = { "new" }, Removed = { "old" }, Changed = { "a", "b" }, Unchanged = { "c" }, Moves = { "old" }, MayMove = { "a" } };
        outcome.Settings.Add(new("a", "priority", "150", "120"));
        var done = new ConfigurationDoneMessage(true, Planned: true, "", outcome);
        reader = new SpanReader(buffer.AsSpan(0, done.Write(buffer)));
        Assert.Equal((byte)MessageKind.ConfigurationDone, reader.ReadByte());
        var read = ConfigurationDoneMessage.Read(ref reader);
        Assert.Equal((true, true, "", 0), (read.Accepted, read.Planned, read.Error, read.LeftOut));
        Assert.Equal<string[]>(
            [["new"], ["old"], ["a", "b"], ["c"], ["old"], ["a"]],
            [[.. read.Outcome.Added], [.. read.Outcome.Removed], [.. read.Outcome.Changed], [.. read.Outcome.Unchanged], [.. read.Outcome.Moves], [.. read.Outcome.MayMove]]);
        Assert.Equal(outcome.Settings, read.Outcome.Settings);
        Assert.Equal(0, reader.Rest.Length);
    }

    [Fact]
    public void Refusals_arrive_whole_and_those_that_find_no_room_are_counted()
    {
        ReconfigureRefusal[] refusals =
        [
            new(RefusalKind.Group, "web", "eth1", IpFamily.IPv6, default, 105, ""),
            new(RefusalKind.Address, "db", "eth0", null, IpPrefix.Parse("fd77::101/64"), 13, "no"),
            new(RefusalKind.PeerRules, new string('r', 700), "", null, default, 0, new string('w', 700)),
            .. Enumerable.Range(0, 30).Select(i => new ReconfigureRefusal(RefusalKind.Group, $"r{i}", "eth2", null, default, 1, "")),
        ];
        var buffer = new byte[64 * 1024];
        var message = new ConfigurationDoneMessage(false, false, "", new ReconfigureOutcome()) { Refusals = [.. refusals] };
        var reader = new SpanReader(buffer.AsSpan(0, message.Write(buffer)));
        reader.ReadByte();
        var read = ConfigurationDoneMessage.Read(ref reader);

        Assert.False(read.Accepted);
        Assert.Equal(refusals[..2], read.Refusals[..2]);
        Assert.All([read.Refusals[2].Routers, read.Refusals[2].Words], text => Assert.InRange(text.Length, 500, 510));
        Assert.Equal((20, 13), (read.Refusals.Length, read.LeftOut));
        Assert.Equal(0, reader.Rest.Length);
    }

    [Fact]
    public void A_plan_that_is_too_large_for_its_buffer_says_how_much_was_left_out()
    {
        var outcome = new ReconfigureOutcome { Moves = { "db" } };
        outcome.Unchanged.AddRange(Enumerable.Range(0, 100).Select(i => $"router{i:00}"));
        outcome.Settings.Add(new("db", "addresses", new string('o', 600), "[]"));
        var buffer = new byte[512];

        var reader = new SpanReader(buffer.AsSpan(0, new ConfigurationDoneMessage(true, Planned: true, "", outcome).Write(buffer)));
        reader.ReadByte();
        var read = ConfigurationDoneMessage.Read(ref reader);

        Assert.Equal(["db"], read.Outcome.Moves);
        Assert.Equal(101, read.LeftOut + read.Outcome.Unchanged.Count);
        Assert.InRange(read.Outcome.Unchanged.Count, 40, 50);
    }

    [Fact]
    public void Lateness_quantiles_are_at_most_an_eighth_too_large_and_never_too_small()
    {
        for (long value = 1; value < 100_000_000; value = value * 3 / 2 + 1)
        {
            var histogram = new LatenessHistogram();
            histogram.Record(TimeSpan.FromMicroseconds(value), TimeSpan.Zero);
            histogram.Record(TimeSpan.FromMicroseconds(1_000_000_000), TimeSpan.Zero);
            Assert.InRange(histogram.Quantile(0.5), value, value + value / 8);
        }
    }
}
