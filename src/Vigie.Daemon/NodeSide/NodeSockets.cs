using Vigie.Core.Net;
using Vigie.Linux;

namespace Vigie.Daemon.NodeSide;

/// <summary>Everything the node listens on and speaks through, opened once at the start.</summary>
internal sealed class NodeSockets : IDisposable
{
    public NodeSockets(SeqPacketSocket control)
    {
        Control = control;
        // Subscribed before anything is dumped, so that nothing falls between.
        Events = new RouteEvents();
        Routes = new RouteSocket();
        // The writer thread alone uses it. Its renewals, every second for every address, would wake us for nothing; removals
        // are heard whoever makes them.
        Events.IgnoreAdditionsBy(Routes);
        IPv4 = VrrpSocket.Open(IpFamily.IPv4);
        IPv6 = VrrpSocket.Open(IpFamily.IPv6);
        Frames = PacketSocket.Open();
        Arp = new ArpListener();
        Neighbors = new NeighborListener();
        // Until the first listening plan: nothing.
        IPv4.SetFilter([]);
        IPv6.SetFilter([]);
        Arp.SetFilter([], []);
        Neighbors.SetFilter([], []);
    }

    public SeqPacketSocket Control { get; }

    public EventFd Wake { get; } = new();

    public RouteEvents Events { get; }

    public RouteSocket Routes { get; }

    public VrrpSocket IPv4 { get; }

    public VrrpSocket IPv6 { get; }

    public PacketSocket Frames { get; }

    public ArpListener Arp { get; }

    public NeighborListener Neighbors { get; }

    public void Dispose()
    {
        foreach (var socket in (FileDescriptor[])[Control, Events, IPv4, IPv6, Arp, Neighbors, Routes, Frames, Wake])
            socket.Dispose();
    }
}
