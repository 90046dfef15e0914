using Vigie.Core.Net;
using Vigie.Linux.Native;
using Xunit;

namespace Vigie.Linux.Tests.Route;

/// <summary>What the kernel tells about changes of links and addresses, also when it tells too much or somebody else pretends to be it.</summary>
public sealed class RouteEventsTests : IDisposable
{
    private readonly TestNetwork _network = new();
    private readonly RouteSocket _socket;
    private readonly Transcript _transcript = new();

    public RouteEventsTests() => _socket = _network.OnLeft(() => new RouteSocket());

    [Theory]
    [InlineData("10.77.0.100/24")]
    [InlineData("fd77::100/64")]
    public void Addresses_that_come_are_renewed_and_go_are_told_in_order(string prefix)
    {
        using var events = Listen();

        // A new IPv6 address is told by a worker of the kernel, a moment after the request was answered.
        Apply(_socket, AddressOperation.Add, prefix);
        ReadUntil(events, () => _transcript.Addresses.Count == 1);
        Apply(_socket, AddressOperation.Add, prefix);
        Apply(_socket, AddressOperation.Remove, prefix);

        var result = events.Read(_transcript);
        Assert.Equal([$"+ {prefix} 200", $"+ {prefix} 200", $"- {prefix} 200"], _transcript.Addresses);
        Assert.Equal(new RouteEventsResult(2, Overrun: false, More: false), result);
    }

    [Fact]
    public void An_address_that_the_kernel_removes_by_itself_is_told()
    {
        using var events = Listen();
        Apply(_socket, AddressOperation.Add, "10.77.0.100/24", lifetime: 1);

        ReadUntil(events, () => _transcript.Addresses.Contains("- 10.77.0.100/24 200"));
    }

    [Fact]
    public void Loss_and_return_of_the_carrier_are_told()
    {
        using var events = Listen();

        _network.Right("link", "set", "v0", "down");
        ReadUntil(events, () => _transcript.LastLink("v0") is { IsUp: true, HasCarrier: false });

        _network.Right("link", "set", "v0", "up");
        ReadUntil(events, () => _transcript.LastLink("v0") is { IsUp: true, HasCarrier: true });
    }

    [Fact]
    public void A_link_that_appears_and_disappears_is_told()
    {
        using var events = Listen();

        _network.Left("link", "add", "b0", "type", "bridge");
        ReadUntil(events, () => _transcript.LastLink("b0") is { Kind: "bridge", IsUp: false });

        _network.Left("link", "delete", "b0");
        ReadUntil(events, () => _transcript.RemovedLinks.Contains("b0"));
    }

    [Fact]
    public void A_port_that_leaves_a_bridge_is_not_a_link_that_is_gone()
    {
        _network.Left("link", "add", "b0", "type", "bridge");
        _network.Left("link", "set", "v0", "master", "b0");
        using var events = Listen();

        _network.Left("link", "set", "v0", "nomaster");
        _network.Left("link", "delete", "b0");

        ReadUntil(events, () => _transcript.RemovedLinks.Contains("b0"));
        Assert.Equal(["b0"], _transcript.RemovedLinks);
    }

    [Fact]
    public void Neighbours_are_told_when_asked_for()
    {
        using var events = _network.OnLeft(() => new RouteEvents(neighbors: true));
        var entry = new NeighborInfo
        {
            InterfaceIndex = _network.LeftIndex,
            Address = IpAddress.Parse("10.77.0.50"),
            Mac = new MacAddress(0x0200_0000_0050),
            State = NeighborState.Permanent,
        };

        _socket.SetNeighbor(entry);
        ReadUntil(events, () => _transcript.Neighbors.Contains(("+", entry)));

        _socket.DeleteNeighbor(entry.InterfaceIndex, entry.Address);
        ReadUntil(events, () => _transcript.Neighbors.Any(told => told.Kind == "-" && told.Neighbor.Address == entry.Address));
    }

    [Fact]
    public void Lost_events_are_told_and_the_next_ones_are_heard_again()
    {
        using var events = _network.OnLeft(() => new RouteEvents(neighbors: false, receiveBufferBytes: 1));
        for (var i = 0; i < 100; i++)
            Apply(_socket, AddressOperation.Add, $"10.78.0.{i}/32");

        var result = events.Read(_transcript);

        Assert.True(result.Overrun);
        Assert.InRange(_transcript.Addresses.Count, 0, 99);
        Assert.Equal(100, _socket.DumpAddresses().Count(address => address.Protocol == 200));

        Apply(_socket, AddressOperation.Add, "10.79.0.1/32");
        Assert.Equal(new RouteEventsResult(1, Overrun: false, More: false), events.Read(_transcript));
        Assert.Equal("+ 10.79.0.1/32 200", _transcript.Addresses[^1]);
    }

    [Fact]
    public void A_storm_of_events_is_read_in_portions()
    {
        using var events = Listen();
        for (var i = 0; i < RouteEvents.MaxDatagramsPerRead + 5; i++)
            Apply(_socket, AddressOperation.Add, "10.78.0.1/32");

        Assert.Equal(new RouteEventsResult(RouteEvents.MaxDatagramsPerRead, Overrun: false, More: true), events.Read(_transcript));
        Assert.Equal(new RouteEventsResult(5, Overrun: false, More: false), events.Read(_transcript));
    }

    [Fact]
    public void Additions_by_a_given_requester_can_be_ignored_but_nothing_else()
    {
        using var events = Listen();
        using var other = _network.OnLeft(() => new RouteSocket());
        Assert.Equal(0, events.IgnoreAdditionsBy(_socket));

        Apply(_socket, AddressOperation.Add, "10.78.0.1/32");
        Apply(other, AddressOperation.Add, "10.78.0.2/32");
        Apply(_socket, AddressOperation.Remove, "10.78.0.1/32");
        Apply(other, AddressOperation.Remove, "10.78.0.2/32");

        events.Read(_transcript);
        Assert.Equal(["+ 10.78.0.2/32 200", "- 10.78.0.1/32 200", "- 10.78.0.2/32 200"], _transcript.Addresses);
    }

    [Fact]
    public void What_does_not_come_from_the_kernel_is_ignored_and_counted()
    {
        using var events = Listen();
        using var attacker = _network.OnLeft(() => new RouteSocket());
        var forged = new byte[128];
        var writer = new NetlinkWriter(forged);
        writer.Begin(RouteConstants.DeleteAddress, 0, 0);
        var header = writer.Take(8);
        header[0] = SocketConstants.FamilyIPv4;
        header[1] = 24;
        BitConverter.TryWriteBytes(header[4..], _network.LeftIndex);
        writer.Attribute(RouteConstants.AddressLocal, TestNetwork.LeftIPv4);
        writer.End();

        Forgery.Send(attacker, events.PortId, writer.Written);
        Apply(_socket, AddressOperation.Add, "10.78.0.1/32");

        events.Read(_transcript);
        Assert.Equal(["+ 10.78.0.1/32 200"], _transcript.Addresses);
        Assert.Equal(1, events.ForeignDatagrams);
    }

    [Fact]
    public void Reading_events_about_addresses_and_known_links_allocates_nothing()
    {
        using var events = Listen();
        var counter = new Counter();
        Apply(_socket, AddressOperation.Add, "fd78::1/128");
        ReadUntil(events, () => _transcript.Addresses.Count == 1);
        AddressChange[] changes =
        [
            Change(AddressOperation.Add, "10.78.0.1/32", 60),
            Change(AddressOperation.Remove, "10.78.0.1/32", 60),
            Change(AddressOperation.Add, "fd78::1/128", 60),
        ];
        var errnos = new int[changes.Length];

        Assert.Equal(0, Allocations.Of(() =>
        {
            _socket.ApplyAddresses(changes, errnos);
            events.Read(counter);
        }));
        Assert.Equal(250 * 3, counter.Addresses);

        for (var i = 0; i < 40; i++)
            _network.Left("link", "set", "v0", "mtu", i % 2 == 0 ? "1400" : "1500");
        events.Read(new Counter());
        for (var i = 0; i < 20; i++)
            _network.Left("link", "set", "v0", "mtu", i % 2 == 0 ? "1400" : "1500");
        var links = new Counter();
        var before = GC.GetAllocatedBytesForCurrentThread();
        events.Read(links);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(links.Links, 20, 100);
    }

    private RouteEvents Listen()
    {
        var events = _network.OnLeft(() => new RouteEvents());
        events.Read(new Counter());
        return events;
    }

    private void ReadUntil(RouteEvents events, Func<bool> condition) => Waiting.Until(
        () =>
        {
            events.Read(_transcript);
            return condition();
        },
        "an event");

    private AddressChange Change(AddressOperation operation, string prefix, uint lifetime) => new()
    {
        Operation = operation,
        InterfaceIndex = _network.LeftIndex,
        Prefix = IpPrefix.Parse(prefix),
        ValidLifetimeSeconds = lifetime,
        Protocol = 200,
    };

    private void Apply(RouteSocket socket, AddressOperation operation, string prefix, uint lifetime = 60)
    {
        Span<int> errnos = [-1];
        socket.ApplyAddresses([Change(operation, prefix, lifetime)], errnos);
        Assert.Equal(0, errnos[0]);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _network.Dispose();
    }

    private sealed class Transcript : IRouteEventSink
    {
        private readonly List<LinkInfo> _links = [];

        public List<string> Addresses { get; } = [];

        public List<string> RemovedLinks { get; } = [];

        public List<(string Kind, NeighborInfo Neighbor)> Neighbors { get; } = [];

        public LinkInfo? LastLink(string name) => _links.Exists(link => link.Name == name) ? _links.Last(link => link.Name == name) : null;

        public void OnLink(in LinkInfo link, bool removed)
        {
            if (removed)
                RemovedLinks.Add(link.Name);
            else
                _links.Add(link);
        }

        public void OnAddress(in AddressInfo address, bool removed) =>
            Addresses.Add($"{(removed ? '-' : '+')} {address.Prefix} {address.Protocol}");

        public void OnNeighbor(in NeighborInfo neighbor, bool removed) => Neighbors.Add((removed ? "-" : "+", neighbor));
    }

    private sealed class Counter : IRouteEventSink
    {
        public int Addresses { get; private set; }

        public int Links { get; private set; }

        public void OnLink(in LinkInfo link, bool removed) => Links++;

        public void OnAddress(in AddressInfo address, bool removed) => Addresses++;
    }
}
