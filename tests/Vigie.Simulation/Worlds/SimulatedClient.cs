using Vigie.Core.Net;
using Vigie.Core.Wire;

namespace Vigie.Simulation.Worlds;

/// <summary>A neighbour that believes every announcement it hears: where it would send its packets.</summary>
internal sealed class SimulatedClient(World world)
{
    private readonly Dictionary<IpAddress, MacAddress> _cache = [];

    /// <summary>Where it believes an address to be; null before it heard of it.</summary>
    public MacAddress? Believes(IpAddress address) => _cache.TryGetValue(address, out var mac) ? mac : null;

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

    /// <summary>Unanswered for long enough: neighbours look anew (RFC 4861 7.3.3, and ARP likewise).</summary>
    public void Forget(MacAddress mac)
    {
        foreach (var address in _cache.Where(e => e.Value == mac).Select(e => e.Key).ToList())
            _cache.Remove(address);
    }

    private void Learn(IpAddress address, MacAddress mac)
    {
        if (_cache.TryGetValue(address, out var known) && known == mac)
            return;
        _cache[address] = mac;
        if (world.Tracing)
            world.Note($"client: {address} is at {mac}");
        world.Touched();
    }
}
