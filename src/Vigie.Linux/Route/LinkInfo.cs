using Vigie.Core.Net;

namespace Vigie.Linux;

/// <summary>A network interface as the kernel describes it.</summary>
public readonly record struct LinkInfo
{
    public int Index { get; init; }

    public string Name { get; init; }

    /// <summary>Zero where the interface has no 48-bit address.</summary>
    public MacAddress Mac { get; init; }

    /// <summary>Switched on by the administrator (IFF_UP).</summary>
    public bool IsUp { get; init; }

    /// <summary>Able to carry packets: the lower layer is up and the operational state is up or unknown.</summary>
    public bool HasCarrier { get; init; }

    /// <summary>
    /// How often it has gained or lost its carrier, IFF_UP taken away included: between two looks with one number it has not
    /// been down. Null where the kernel does not say.
    /// </summary>
    public uint? CarrierChanges { get; init; }

    public uint Mtu { get; init; }

    /// <summary>net.ipv6.conf.NAME.forwarding: unsolicited neighbour advertisements should carry the router flag.</summary>
    public bool ForwardsIPv6 { get; init; }

    /// <summary>"veth", "bridge", "macvlan", ...; null for hardware.</summary>
    public string? Kind { get; init; }

    public bool IsLoopback { get; init; }
}
