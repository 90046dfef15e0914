using Vigie.Core.Net;

namespace Vigie.Core.Wire;

/// <summary>An IPv4 header (RFC 791 3.1). Options are measured and passed over, not read: VRRP and ARP need none.</summary>
public readonly record struct Ipv4Header
{
    /// <summary>A header without options, which is the only kind that is written.</summary>
    public const int MinimumLength = 20;

    /// <summary>20 to 60 bytes in steps of 4: what options add is above 20. On send it is always 20.</summary>
    public byte HeaderLength { get; init; }

    /// <summary>Differentiated services and congestion bits (RFC 2474, RFC 3168); VRRP is sent with 0xC0.</summary>
    public byte TrafficClass { get; init; }

    /// <summary>Header and payload, in bytes.</summary>
    public ushort TotalLength { get; init; }

    public ushort Identification { get; init; }

    public bool DontFragment { get; init; }

    public bool MoreFragments { get; init; }

    /// <summary>Where this fragment's payload belongs, in units of 8 bytes; 13 bits.</summary>
    public ushort FragmentOffset { get; init; }

    public byte Ttl { get; init; }

    public byte Protocol { get; init; }

    public IpAddress Source { get; init; }

    public IpAddress Destination { get; init; }

    /// <summary>Whether the payload is only a piece: then no upper-layer decoder may read it.</summary>
    public bool IsFragment => MoreFragments || FragmentOffset != 0;
}

/// <summary>Why bytes are not an IPv4 packet, in the order of the checks.</summary>
public enum Ipv4Error : byte
{
    None = 0,

    /// <summary>Fewer bytes than a header, or than this header, has.</summary>
    Truncated,

    /// <summary>Version other than 4.</summary>
    Version,

    /// <summary>A header length below 20 bytes.</summary>
    HeaderLength,

    /// <summary>A total length shorter than the header or longer than what is there.</summary>
    TotalLength,

    /// <summary>The header checksum is wrong.</summary>
    Checksum,
}
