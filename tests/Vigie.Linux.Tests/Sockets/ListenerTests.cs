using Vigie.Core.Net;
using Xunit;

namespace Vigie.Linux.Tests.Sockets;

/// <summary>
/// What the listeners let through. Every frame that must not arrive is followed by one that must: if that is the first
/// to arrive, the other was kept out.
/// </summary>
public sealed class ListenerTests : IDisposable
{
    private static readonly MacAddress s_foreign = new(0x0200_0000_0077);
    private static readonly MacAddress s_marker = new(0x0200_0000_0099);

    private readonly TestNetwork _network = new();
    private readonly PacketSocket _left;
    private readonly byte[] _buffer = new byte[2048];

    public ListenerTests() => _left = _network.OnLeft(PacketSocket.Open);

    public static TheoryData<string, byte[], bool> ArpFrames => new()
    {
        { "a gratuitous request", Frames.Arp("10.77.0.100", "10.77.0.100", s_foreign), true },
        { "a gratuitous reply", Frames.Arp("10.77.0.100", "10.77.0.100", s_foreign, operation: 2), true },
        { "a request sent from the address", Frames.Arp("10.77.0.100", "10.77.0.9", s_foreign), true },
        { "a probe for the address", Frames.Arp("0.0.0.0", "10.77.0.100", s_foreign), true },
        { "a probe for another address", Frames.Arp("0.0.0.0", "10.77.0.101", s_foreign), false },
        { "a client asking for the address", Frames.Arp("10.77.0.9", "10.77.0.100", s_foreign), false },
        { "a neighbouring address", Frames.Arp("10.77.0.101", "10.77.0.101", s_foreign), false },
        { "a reply to another host", Frames.Arp("10.77.0.100", "10.77.0.9", s_foreign, new MacAddress(0x0200_0000_0055), 2), false },
        { "another hardware type", Frames.Arp("10.77.0.100", "10.77.0.100", s_foreign).With(15, 6), false },
        { "another protocol", Frames.Arp("10.77.0.100", "10.77.0.100", s_foreign).With(16, 0x86), false },
        { "other address lengths", Frames.Arp("10.77.0.100", "10.77.0.100", s_foreign).With(19, 16), false },
        { "a packet cut short", Frames.Arp("10.77.0.100", "10.77.0.100", s_foreign)[..31], false },
    };

    [Theory]
    [MemberData(nameof(ArpFrames))]
    public void The_ARP_listener_hears_claims_and_probes_and_nothing_else(string what, byte[] frame, bool heard)
    {
        using var listener = _network.OnRight(() => new ArpListener());
        Assert.Equal(0, listener.SetFilter([_network.RightIndex], [IpAddress.Parse("10.77.0.100"), IpAddress.Parse("fd77::100")]));
        Assert.True(listener.FiltersAddresses);

        Assert.Equal(0, _left.Send(_network.LeftIndex, frame));
        _left.Send(_network.LeftIndex, Frames.Arp("10.77.0.100", "10.77.0.100", s_marker));

        Assert.Equal((what, heard ? s_foreign : s_marker), (what, Receive(listener).SourceMac));
    }

    public static TheoryData<string, byte[], bool> NeighborFrames => new()
    {
        { "an advertisement", Frames.Advertisement("fe80::77", "fd77::100", s_foreign), true },
        { "a solicitation sent from the address", Frames.Solicitation("fd77::100", "fd77::9", s_foreign), true },
        { "a probe for duplicates", Frames.Solicitation("::", "fd77::100", s_foreign), true },
        { "a client asking for the address", Frames.Solicitation("fd77::9", "fd77::100", s_foreign), false },
        { "an advertisement of another address", Frames.Advertisement("fe80::77", "fd77::101", s_foreign), false },
        { "a probe for another address", Frames.Solicitation("::", "fd77::101", s_foreign), false },
        { "an advertisement through a router", Frames.Neighbor(136, "fe80::77", "fd77::100", s_foreign, hopLimit: 254), false },
        { "an echo request", Frames.Neighbor(128, "fe80::77", "fd77::100", s_foreign), false },
        { "a redirect", Frames.Neighbor(137, "fe80::77", "fd77::100", s_foreign), false },
        { "another code", Frames.Advertisement("fe80::77", "fd77::100", s_foreign).With(55, 1), false },
        { "another protocol", Frames.Neighbor(136, "fe80::77", "fd77::100", s_foreign, nextHeader: 17), false },
        { "a packet cut short", Frames.Advertisement("fe80::77", "fd77::100", s_foreign)[..77], false },
    };

    [Theory]
    [MemberData(nameof(NeighborFrames))]
    public void The_neighbour_listener_hears_claims_and_nothing_else(string what, byte[] frame, bool heard)
    {
        using var listener = _network.OnRight(() => new NeighborListener());
        Assert.Equal(0, listener.SetFilter([_network.RightIndex], [IpAddress.Parse("10.77.0.100"), IpAddress.Parse("fd77::100")]));
        Assert.True(listener.FiltersAddresses);

        Assert.Equal(0, _left.Send(_network.LeftIndex, frame));
        _left.Send(_network.LeftIndex, Frames.Advertisement("fe80::99", "fd77::100", s_marker));

        Assert.Equal((what, heard ? s_foreign : s_marker), (what, Receive(listener).SourceMac));
    }

    [Fact]
    public void A_received_frame_is_described_and_whole()
    {
        using var listener = _network.OnRight(() => new ArpListener());
        listener.SetFilter([_network.RightIndex], [IpAddress.Parse("10.77.0.100")]);
        var frame = Frames.Arp("10.77.0.100", "10.77.0.100", s_foreign);

        _left.Send(_network.LeftIndex, frame);

        Assert.Equal(
            new ReceivedFrame { Length = 42, InterfaceIndex = _network.RightIndex, SourceMac = s_foreign },
            Receive(listener));
        Assert.Equal(frame, _buffer[..42]);
        Assert.False(listener.TryReceive(_buffer, out _));
    }

    [Fact]
    public void What_this_host_itself_sends_is_not_heard()
    {
        using var listener = _network.OnRight(() => new ArpListener());
        using var right = _network.OnRight(PacketSocket.Open);
        listener.SetFilter([_network.RightIndex], [IpAddress.Parse("10.77.0.100")]);

        Assert.Equal(0, right.Send(_network.RightIndex, Frames.Arp("10.77.0.100", "10.77.0.100", s_foreign)));
        _left.Send(_network.LeftIndex, Frames.Arp("10.77.0.100", "10.77.0.100", s_marker));

        Assert.Equal(s_marker, Receive(listener).SourceMac);
    }

    [Fact]
    public void A_listener_is_deaf_until_its_filter_is_set_and_hears_only_the_given_interfaces()
    {
        using var listener = _network.OnRight(() => new ArpListener());
        _left.Send(_network.LeftIndex, Frames.Arp("10.77.0.100", "10.77.0.100", s_foreign));

        listener.SetFilter([_network.RightIndex + 1000], [IpAddress.Parse("10.77.0.100")]);
        _left.Send(_network.LeftIndex, Frames.Arp("10.77.0.100", "10.77.0.100", s_foreign));

        listener.SetFilter([_network.RightIndex + 1000, _network.RightIndex], [IpAddress.Parse("10.77.0.100")]);
        _left.Send(_network.LeftIndex, Frames.Arp("10.77.0.100", "10.77.0.100", s_marker));

        Assert.Equal(s_marker, Receive(listener).SourceMac);
    }

    [Fact]
    public void Of_many_addresses_each_is_heard_and_their_neighbours_are_not()
    {
        // Every third address, over the whole range, so that each comparison of the search is taken both ways.
        var addresses = Enumerable.Range(0, 120).Select(i => IpAddress.FromIPv4(0x0A4D_0001 + 3 * (uint)i)).Append(IpAddress.Parse("255.255.255.255")).ToArray();
        using var listener = _network.OnRight(() => new ArpListener());
        Assert.Equal(0, listener.SetFilter([_network.RightIndex], addresses.Reverse().ToArray()));
        Assert.True(listener.FiltersAddresses);

        foreach (var address in addresses)
        {
            _left.Send(_network.LeftIndex, Frames.Arp(IpAddress.FromIPv4((uint)address.Bits - 1).ToString(), "10.0.0.1", s_foreign));
            if (address.Bits < uint.MaxValue)
                _left.Send(_network.LeftIndex, Frames.Arp(IpAddress.FromIPv4((uint)address.Bits + 1).ToString(), "10.0.0.1", s_foreign));
            _left.Send(_network.LeftIndex, Frames.Arp(address.ToString(), "10.0.0.1", s_marker));

            Assert.Equal(s_marker, Receive(listener).SourceMac);
            Assert.Equal(address, IpAddress.FromBytes(_buffer.AsSpan(28, 4)));
        }
    }

    [Fact]
    public void With_more_addresses_than_a_filter_holds_every_claim_is_heard()
    {
        var addresses = Enumerable.Range(0, 5000).Select(i => IpAddress.FromIPv4(0x0A4D_0000 + 2 * (uint)i)).ToArray();
        using var listener = _network.OnRight(() => new ArpListener());

        Assert.Equal(0, listener.SetFilter([_network.RightIndex], addresses));

        Assert.False(listener.FiltersAddresses);
        _left.Send(_network.LeftIndex, Frames.Arp("10.77.0.9", "10.77.0.9", s_foreign).With(15, 6));
        _left.Send(_network.LeftIndex, Frames.Arp("10.77.0.9", "10.77.0.9", s_marker));
        Assert.Equal(s_marker, Receive(listener).SourceMac);
    }

    [Fact]
    public void A_filter_of_a_thousand_addresses_fits_the_kernels_limit()
    {
        var keys = FilterKeys.LastWords(IpFamily.IPv4, [.. Enumerable.Range(0, 1000).Select(i => IpAddress.FromIPv4(0x0A4D_0000 + 2 * (uint)i))]);

        Assert.InRange(ClaimFilters.BuildArp([1, 2, 3], keys).Length, 2000, BpfProgram.MaxInstructions);
        Assert.InRange(ClaimFilters.BuildNeighbor([1, 2, 3], keys).Length, 2000, BpfProgram.MaxInstructions);
    }

    [Fact]
    public void The_kernels_own_probe_for_a_duplicate_is_heard()
    {
        using var listener = _network.OnRight(() => new NeighborListener());
        listener.SetFilter([_network.RightIndex], [IpAddress.Parse("fd77::100")]);

        _network.Left("addr", "add", "fd77::100/64", "dev", "v0");

        Receive(listener);
        Assert.Equal((135, IpAddress.Parse("fd77::100")), (_buffer[54], IpAddress.FromBytes(_buffer.AsSpan(62, 16))));
    }

    [Fact]
    public void The_kernels_own_claim_by_ARP_is_heard()
    {
        using var listener = _network.OnRight(() => new ArpListener());
        listener.SetFilter([_network.RightIndex], [IpAddress.Parse("10.77.0.100")]);

        // arp_notify makes the left host announce its addresses when the link comes up.
        _network.OnLeft(() => { File.WriteAllText("/proc/sys/net/ipv4/conf/v0/arp_notify", "1"); return true; });
        _network.Left("addr", "add", "10.77.0.100/24", "dev", "v0");
        _network.Left("link", "set", "v0", "down");
        _network.Left("link", "set", "v0", "up");

        var received = Receive(listener);
        Assert.Equal(42, received.Length);
        Assert.Equal(IpAddress.Parse("10.77.0.100"), IpAddress.FromBytes(_buffer.AsSpan(28, 4)));
    }

    [Fact]
    public void Frames_that_nobody_read_in_time_are_counted()
    {
        using var listener = _network.OnRight(() => new ArpListener());
        listener.SetFilter([_network.RightIndex], [IpAddress.Parse("10.77.0.100")]);
        SocketOptions.SetReceiveBuffer(listener, 1);
        for (var i = 0; i < 100; i++)
            _left.Send(_network.LeftIndex, Frames.Arp("10.77.0.100", "10.77.0.100", s_foreign));

        Waiting.Until(() => listener.Overflows > 0, "a frame to be dropped");
    }

    [Fact]
    public void Receiving_allocates_nothing()
    {
        using var listener = _network.OnRight(() => new ArpListener());
        listener.SetFilter([_network.RightIndex], [IpAddress.Parse("10.77.0.100")]);
        var frame = Frames.Arp("10.77.0.100", "10.77.0.100", s_foreign);
        var received = 0;

        Assert.Equal(0, Allocations.Of(() =>
        {
            _left.Send(_network.LeftIndex, frame);
            while (listener.TryReceive(_buffer, out _))
                received++;
        }));
        Assert.InRange(received, 1, 250);
    }

    private ReceivedFrame Receive(FrameListener listener)
    {
        Assert.True(Waiting.IsReadable(listener), "nothing was heard");
        Assert.True(listener.TryReceive(_buffer, out var received));
        return received;
    }

    public void Dispose()
    {
        _left.Dispose();
        _network.Dispose();
    }
}
