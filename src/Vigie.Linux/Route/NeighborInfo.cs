using Vigie.Core.Net;

namespace Vigie.Linux;

/// <summary>States of a neighbour entry (uapi neighbour.h NUD_*).</summary>
[Flags]
public enum NeighborState : ushort
{
    None = 0x00,
    Incomplete = 0x01,
    Reachable = 0x02,
    Stale = 0x04,
    Delay = 0x08,
    Probe = 0x10,
    Failed = 0x20,
    NoArp = 0x40,
    Permanent = 0x80,
}

/// <summary>An entry of the ARP or neighbour discovery cache.</summary>
public readonly record struct NeighborInfo
{
    public int InterfaceIndex { get; init; }

    public IpAddress Address { get; init; }

    /// <summary>Zero while it is not known.</summary>
    public MacAddress Mac { get; init; }

    public NeighborState State { get; init; }
}
