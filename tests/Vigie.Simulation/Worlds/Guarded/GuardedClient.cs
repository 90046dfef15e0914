using Vigie.Core.Net;
using Vigie.Core.Wire;

namespace Vigie.Simulation.Worlds.Guarded;

/// <summary>A neighbour that believes every announcement it hears: to which host it sends its packets for an address.</summary>
internal sealed class GuardedClient(GuardedWorld world)
{
    private readonly List<(IpAddress Address, int Host)> _beliefs = [];

    /// <summary>Which host it takes for the address's; -1 before it heard of it.</summary>
    public int Believes(IpAddress address)
    {
        foreach (var belief in _beliefs)
            if (belief.Address == address)
                return belief.Host;
        return -1;
    }

    public void Receive(ReadOnlySpan<byte> frame)
    {
        EthernetCodec.TryDecode(frame, out var header, out var packet);
        if (header.Type == EtherType.Arp)
        {
            if (ArpCodec.TryDecode(packet, out var arp) == ArpError.None && !arp.SenderIp.IsUnspecified)
                Learn(arp.SenderIp, arp.SenderMac);
        }
        else if (Ipv6Codec.TryDecode(packet, out var ip, out var payload) == Ipv6Error.None
            && NeighborCodec.TryDecode(payload, ip.Source, ip.Destination, ip.HopLimit, out var message) == NeighborError.None
            && message is { Override: true, LinkLayerAddress: { } mac })
        {
            Learn(message.Target, mac);
        }
    }

    /// <summary>It asks anew: of one that does not answer it would find out by itself (RFC 4861 7.3.3, and ARP likewise).</summary>
    public void Forget() => _beliefs.Clear();

    private void Learn(IpAddress address, MacAddress mac)
    {
        var host = 0;
        while (WorldPlan.Mac(host) != mac)
            host++;
        for (var i = 0; i < _beliefs.Count; i++)
        {
            if (_beliefs[i].Address != address)
                continue;
            if (_beliefs[i].Host == host)
                return;
            _beliefs.RemoveAt(i);
            break;
        }

        _beliefs.Add((address, host));
        if (world.Tracing)
            world.Note($"client: {address} is at host{host}");
        world.Touched();
    }
}
