using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;

namespace Vigie.Node.Messages;

/// <summary>One virtual router as it was when asked: what the control process knows of it.</summary>
public sealed record RouterStatus
{
    public required string Name { get; init; }

    public byte Vrid { get; init; }

    public required string Interface { get; init; }

    public VrrpVersion Version { get; init; }

    public RouterState State { get; init; }

    public TransitionReason Reason { get; init; }

    public Instant Since { get; init; }

    public long Transitions { get; init; }

    public byte Priority { get; init; }

    /// <summary>The role is given up, the addresses are still held.</summary>
    public bool Leaving { get; init; }

    /// <summary>Whether an operator keeps it from the role.</summary>
    public AsideCause Aside { get; init; }

    public TimeSpan AdvertisementInterval { get; init; }

    public ImmutableArray<AddressStatus> Addresses { get; init; }

    public ImmutableArray<FamilyStatus> Families { get; init; }

    public ImmutableArray<IpAddress> Peers { get; init; }

    public long Sent { get; init; }

    public long Received { get; init; }

    /// <summary>Indexed by <see cref="Routers.DropReason"/>.</summary>
    public ImmutableArray<long> Drops { get; init; }

    public LatenessStatus Lateness { get; init; }

    /// <summary>This host is late so often that it leaves the role to others, if there are any.</summary>
    public bool TimeLost { get; init; }

    public long AnnouncementsSent { get; init; }

    public long AddressListMismatches { get; init; }

    public long ForeignClaims { get; init; }

    public IpAddress LastClaimAddress { get; init; }

    public MacAddress LastClaimMac { get; init; }

    public Instant LastClaimAt { get; init; }

    /// <summary>The error number of the last refused address, or 0.</summary>
    public int AddressError { get; init; }

    public IpPrefix AddressErrorAt { get; init; }

    /// <summary>The error number with which advertisements fail to be sent, or 0.</summary>
    public int SendError { get; init; }

    /// <summary>Until when an Active of lower priority is left alone; Zero, or past, for not at all.</summary>
    public Instant PreemptionHeldUntil { get; init; }
}

/// <summary>A virtual address and whether the interface holds it.</summary>
public readonly record struct AddressStatus(IpPrefix Address, bool Present);

/// <summary>What one family of a router knows.</summary>
public readonly record struct FamilyStatus(
    IpFamily Family, IpAddress Source, IpAddress ActiveSource, byte ActivePriority, TimeSpan ActiveAdverInterval);

/// <summary>How late advertisements left, in microseconds; and how many by more than half an interval.</summary>
public readonly record struct LatenessStatus(long Count, long P50, long P99, long P9999, long Max, long Late);
