using Vigie.Core.Net;

namespace Vigie.Core.Election;

/// <summary>
/// The role that an earlier process of this host had until now, and in whose name somebody has spoken without a break: a
/// successor takes it up instead of beginning anew. Only Active and Backup can be taken up.
/// </summary>
public sealed record AdoptedRole
{
    public required RouterState State { get; init; }

    public TransitionReason Reason { get; init; }

    /// <summary>When the state was entered, by whichever process.</summary>
    public Instant Since { get; init; }

    public long Transitions { get; init; }

    /// <summary>Active only: when the next advertisement is due.</summary>
    public Instant AdvertiseAt { get; init; }

    /// <summary>Backup only: the Active of IPv4 and its interval, or null when none was known.</summary>
    public HeardAdvertisement? ActiveIPv4 { get; init; }

    /// <summary>Backup only: the Active of IPv6 and its interval, or null when none was known.</summary>
    public HeardAdvertisement? ActiveIPv6 { get; init; }
}
