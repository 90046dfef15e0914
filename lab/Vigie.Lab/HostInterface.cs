using System.Collections.Immutable;
using Vigie.Core.Net;

namespace Vigie.Lab;

/// <summary>One interface of a host and the switch port that it is plugged into.</summary>
public sealed record HostInterface
{
    /// <summary>The name inside the host: eth0.</summary>
    public required string Name { get; init; }

    public required Segment Segment { get; init; }

    /// <summary>The name of the other end, inside the switch: alpha-0.</summary>
    public required string SwitchPort { get; init; }

    public required MacAddress Mac { get; init; }

    /// <summary>The real addresses it was given; VIPs are never among them.</summary>
    public required ImmutableArray<IpPrefix> RealAddresses { get; init; }
}
