using Vigie.Core.Net;

namespace Vigie.Core.Wire;

/// <summary>The two messages of IPv6 neighbour discovery that concern single addresses; the value is the ICMPv6 type.</summary>
public enum NeighborMessageType : byte
{
    /// <summary>Not a message: what an empty value holds.</summary>
    None = 0,

    /// <summary>RFC 4861 4.3.</summary>
    Solicitation = 135,

    /// <summary>RFC 4861 4.4.</summary>
    Advertisement = 136,
}

/// <summary>An ICMPv6 neighbour solicitation or advertisement (RFC 4861 4.3, 4.4).</summary>
public readonly record struct NeighborMessage
{
    public NeighborMessageType Type { get; init; }

    /// <summary>The address that is asked for or spoken of; never a multicast address.</summary>
    public IpAddress Target { get; init; }

    /// <summary>
    /// The link-layer address option of this type of message: source (1) in a solicitation, target (2) in an
    /// advertisement. Null when there is none; of several the last counts.
    /// </summary>
    public MacAddress? LinkLayerAddress { get; init; }

    /// <summary>Advertisements only: the sender is a router.</summary>
    public bool Router { get; init; }

    /// <summary>Advertisements only: this answers a solicitation.</summary>
    public bool Solicited { get; init; }

    /// <summary>Advertisements only: replace what the cache holds.</summary>
    public bool Override { get; init; }
}

/// <summary>Why bytes are not a valid neighbour message, in the order of the checks (RFC 4861 7.1.1, 7.1.2).</summary>
public enum NeighborError : byte
{
    None = 0,

    /// <summary>Fewer than the 24 bytes that both messages have.</summary>
    Truncated,

    /// <summary>Another ICMPv6 type: not an error of the sender.</summary>
    Type,

    /// <summary>Hop limit other than 255: the packet may have crossed a router.</summary>
    HopLimit,

    Checksum,

    /// <summary>ICMPv6 code other than 0.</summary>
    Code,

    /// <summary>The target is a multicast address.</summary>
    TargetMulticast,

    /// <summary>An option says it is 0 bytes long.</summary>
    OptionLengthZero,

    /// <summary>An option is longer than the message.</summary>
    OptionTruncated,

    /// <summary>A link-layer address option does not hold one Ethernet address (RFC 2464 6).</summary>
    LinkLayerAddressLength,

    /// <summary>A solicitation from :: (duplicate address detection) not sent to a solicited-node group (7.1.1).</summary>
    UnspecifiedSourceDestination,

    /// <summary>A solicitation from :: with a source link-layer address (7.1.1).</summary>
    UnspecifiedSourceLinkLayerAddress,

    /// <summary>An advertisement to a group that says it was solicited (7.1.2).</summary>
    SolicitedToMulticast,
}
