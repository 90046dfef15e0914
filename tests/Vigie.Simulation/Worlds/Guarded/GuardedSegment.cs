using Vigie.Core;
using Vigie.Core.Net;

namespace Vigie.Simulation.Worlds.Guarded;

/// <summary>One Ethernet with the hosts and one client on it, as well or as badly as the present faults have it.</summary>
internal sealed class GuardedSegment(GuardedWorld world)
{
    private const int Stations = 8;
    private readonly bool[] _blocked = new bool[Stations * Stations];
    private readonly Instant[] _lastArrival = new Instant[Stations * Stations];
    private readonly Stack<GuardedPacket> _unused = new();

    /// <summary>The longest time a packet takes without a fault.</summary>
    public static TimeSpan Latency { get; } = TimeSpan.FromMicroseconds(150);

    /// <summary>0 to 1, for every packet and every receiver on its own.</summary>
    public double Loss { get; set; }

    public double Duplication { get; set; }

    /// <summary>Added to each packet on its own, so that later ones overtake.</summary>
    public TimeSpan ExtraJitter { get; set; }

    /// <summary>Added to every packet alike.</summary>
    public TimeSpan ExtraDelay { get; set; }

    /// <summary>Nothing arrives from one host at another.</summary>
    public void Block(int from, int to, bool blocked) => _blocked[from * Stations + to] = blocked;

    public void SendAdvertisement(GuardedHost from, IpAddress source, IpAddress destination, ReadOnlySpan<byte> message)
    {
        var packet = Unused();
        packet.FillAdvertisement(from.Number, source, destination, message);
        foreach (var to in world.Hosts)
            if (to != from)
                Carry(packet, to, to.Number);
        Received(packet);
    }

    /// <summary>To everybody, or to one host alone.</summary>
    public void SendFrame(GuardedHost from, ReadOnlySpan<byte> frame, GuardedHost? only = null)
    {
        var packet = Unused();
        packet.FillFrame(from.Number, frame);
        foreach (var to in world.Hosts)
            if (to != from && (only is null || only == to))
                Carry(packet, to, to.Number);
        if (only is null)
            Carry(packet, null, Stations - 1);
        Received(packet);
    }

    /// <summary>It was delivered once; after the last time it is used again.</summary>
    public void Received(GuardedPacket packet)
    {
        if (--packet.References == 0)
            _unused.Push(packet);
    }

    private GuardedPacket Unused() => _unused.TryPop(out var packet) ? packet : new GuardedPacket();

    // To the client there is always a way; only packets are lost or late there, too.
    private void Carry(GuardedPacket packet, GuardedHost? to, int station)
    {
        var way = packet.From * Stations + station;
        if (_blocked[way] || (Loss > 0 && world.Random.Chance(Loss)))
            return;
        var copies = Duplication > 0 && world.Random.Chance(Duplication) ? 2 : 1;
        for (var copy = 0; copy < copies; copy++)
        {
            packet.References++;
            var arrival = world.Now + world.Random.Between(TimeSpan.FromMicroseconds(10), Latency) + ExtraDelay;
            if (ExtraJitter > TimeSpan.Zero)
                arrival += world.Random.Between(TimeSpan.Zero, ExtraJitter);
            else // Ethernet keeps the order between two stations
                arrival = _lastArrival[way] = Instant.Max(arrival, _lastArrival[way]);
            world.At(arrival, new GuardedEvent(to, packet));
        }
    }
}
