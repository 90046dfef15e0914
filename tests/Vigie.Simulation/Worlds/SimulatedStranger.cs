using Vigie.Core;
using Vigie.Core.Net;

namespace Vigie.Simulation.Worlds;

/// <summary>A station that is none of the hosts. While it holds a virtual address, by mistake, it answers questions about it.</summary>
internal sealed class SimulatedStranger(World world)
{
    private static readonly MacAddress Mac = new(0x0200_0000_00FE);
    private readonly HashSet<IpAddress> _holds = [];

    /// <summary>Since when it holds what it holds; Never while it holds nothing.</summary>
    public Instant HoldsSince { get; private set; } = Instant.Never;

    public bool HoldsAnyOf(IEnumerable<IpPrefix> addresses) => addresses.Any(a => _holds.Contains(a.Address));

    public void Hold(IpAddress address)
    {
        world.Note($"stranger: holds {address}");
        _holds.Add(address);
        HoldsSince = world.Now;
    }

    public void LetGo()
    {
        world.Note("stranger: lets go");
        _holds.Clear();
        HoldsSince = Instant.Never;
        world.Touched();
    }

    public void Receive(SimulatedHost from, byte[] frame)
    {
        if (ProbeAnswer.Asked(frame) is not { } address || !_holds.Contains(address))
            return;
        var answer = ProbeAnswer.Frame(Mac, from.Mac, address);
        world.Segment.Carry(World.Stranger, from.Number, _ => from.ReceiveFrame(answer));
    }
}
