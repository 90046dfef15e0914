using Vigie.Core;
using Vigie.Core.Net;

namespace Vigie.Simulation.Worlds;

/// <summary>
/// One Ethernet: carries packets between hosts and to the client, as well or as badly as the present faults have it.
/// </summary>
internal sealed class SimulatedSegment(World world)
{
    private readonly HashSet<(int From, int To)> _blocked = [];
    private readonly Dictionary<(int From, int To), Instant> _lastArrival = [];
    private readonly Dictionary<(int From, int To), TimeSpan> _delays = [];

    /// <summary>0 to 1, for every packet and every receiver on its own.</summary>
    public double Loss { get; set; }

    public double Duplication { get; set; }

    /// <summary>Added to each packet on its own, so that later ones overtake.</summary>
    public TimeSpan ExtraJitter { get; set; }

    /// <summary>Added to every packet alike.</summary>
    public TimeSpan ExtraDelay { get; set; }

    public void Block(int from, int to) => _blocked.Add((from, to));

    public void Unblock(int from, int to) => _blocked.Remove((from, to));

    public bool IsBlocked(int from, int to) => _blocked.Contains((from, to));

    /// <summary>Added to every packet from one station to another.</summary>
    public void SetDelay(int from, int to, TimeSpan delay) => _delays[(from, to)] = delay;

    /// <summary>How much longer than the latency a packet may take at present.</summary>
    public TimeSpan ExtraOnTheWay(int from, int to) => ExtraDelay + ExtraJitter + _delays.GetValueOrDefault((from, to));

    /// <summary>Delivers to one receiver, perhaps; the client hears everybody.</summary>
    public void Carry(int from, int to, Action<Instant> deliver)
    {
        if (to != World.Client && _blocked.Contains((from, to)))
            return;
        if (Loss > 0 && world.Random.Chance(Loss))
            return;
        var copies = Duplication > 0 && world.Random.Chance(Duplication) ? 2 : 1;
        for (var copy = 0; copy < copies; copy++)
        {
            var delay = world.Random.Between(TimeSpan.FromMicroseconds(10), world.Plan.Latency) + ExtraDelay
                + _delays.GetValueOrDefault((from, to));
            if (ExtraJitter > TimeSpan.Zero)
            {
                world.After(delay + world.Random.Between(TimeSpan.Zero, ExtraJitter), deliver);
                continue;
            }

            // Ethernet keeps the order between two stations.
            var arrival = Instant.Max(world.Now + delay, _lastArrival.GetValueOrDefault((from, to)));
            _lastArrival[(from, to)] = arrival;
            world.At(arrival, deliver);
        }
    }
}
