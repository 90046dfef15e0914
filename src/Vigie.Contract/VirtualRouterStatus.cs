using System.Text.Json.Serialization;

namespace Vigie.Contract;

/// <summary>The state of one virtual router on this host.</summary>
public sealed record VirtualRouterStatus
{
    public required string Name { get; init; }

    /// <summary>1 to 255.</summary>
    public required int Vrid { get; init; }

    public string Interface { get; init => field = value ?? ""; } = "";

    /// <summary>The protocol version: 2 or 3.</summary>
    public int Version { get; init; }

    public required VirtualRouterState State { get; init; }

    /// <summary>1 to 255; 255 is the address owner.</summary>
    public required int Priority { get; init; }

    public required IReadOnlyList<AddressStatus> Addresses { get; init; }

    /// <summary>The address of the Active as this host sees it (its own when it is Active), or null when there is none.</summary>
    public string? Active { get; init; }

    /// <summary>When the state was entered, UTC.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Why the state was entered, for people.</summary>
    public string Reason { get; init => field = value ?? ""; } = "";

    /// <summary>The role is given up; the addresses are still here until another host has taken over.</summary>
    public bool Leaving { get; init; }

    /// <summary>"switchover" or "drain" when an operator keeps this host from the role, or null.</summary>
    public string? StandsAside { get; init; }

    /// <summary>What the operator can do about a fault, or null.</summary>
    public string? Remedy { get; init; }

    /// <summary>How often the state changed since the daemon started.</summary>
    public long Transitions { get; init; }

    /// <summary>Until when this host leaves the role to a live Active of lower priority, because it has lost it too often; or null. UTC.</summary>
    public DateTimeOffset? PreemptionHeldUntil { get; init; }

    public AdvertisementCounts Advertisements { get; init => field = value ?? new(); } = new();

    /// <summary>How late this host's advertisements left, in microseconds after their deadline.</summary>
    [JsonPropertyName("lateness_us")]
    public LatenessSummary Lateness { get; init => field = value ?? new(); } = new();

    /// <summary>False while this host is late so often that it leaves the role to others, if there are any.</summary>
    public bool KeepsTime { get; init; } = true;

    /// <summary>The configured interval, in milliseconds.</summary>
    public double AdvertisementIntervalMs { get; init; }

    /// <summary>The interval learned from the Active, in milliseconds; null before any was heard.</summary>
    public double? ActiveAdvertisementIntervalMs { get; init; }

    /// <summary>The configured unicast peers.</summary>
    public IReadOnlyList<string> Peers { get; init => field = value ?? []; } = [];

    /// <summary>How often another host claimed one of the addresses while this host held them.</summary>
    public long ForeignClaims { get; init; }

    public ForeignClaim? LastForeignClaim { get; init; }

    /// <summary>Gratuitous ARPs and unsolicited neighbour advertisements sent.</summary>
    public long AnnouncementsSent { get; init; }

    /// <summary>Advertisements whose address list differs from the configured one.</summary>
    public long AddressListMismatches { get; init; }

    /// <summary>One entry per address family of the virtual router.</summary>
    public IReadOnlyList<FamilyStatus> Families { get; init => field = value ?? []; } = [];
}

/// <summary>The states of RFC 9568 6.4, and the one outside the protocol.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VirtualRouterState>))]
public enum VirtualRouterState
{
    /// <summary>Starting, or shut down.</summary>
    [JsonStringEnumMemberName("initialize")] Initialize,

    /// <summary>Another host holds the addresses; this one is ready to take over.</summary>
    [JsonStringEnumMemberName("backup")] Backup,

    /// <summary>This host holds the addresses.</summary>
    [JsonStringEnumMemberName("active")] Active,

    /// <summary>This host cannot take part; the reason says why.</summary>
    [JsonStringEnumMemberName("fault")] Fault,
}

/// <summary>One virtual address and whether this host's kernel has it now.</summary>
/// <param name="Address">With its prefix length: 10.77.0.100/24.</param>
/// <param name="Present">True when the kernel has the address on the interface.</param>
public sealed record AddressStatus(string Address, bool Present);

/// <summary>Advertisements since the daemon started.</summary>
public sealed record AdvertisementCounts
{
    public long Sent { get; init; }

    /// <summary>Accepted ones.</summary>
    public long Received { get; init; }

    /// <summary>Refused ones by reason, for example "vrid_mismatch"; only reasons that occurred.</summary>
    public IReadOnlyDictionary<string, long> Dropped { get; init => field = value ?? new Dictionary<string, long>(); } = new Dictionary<string, long>();
}

/// <summary>Percentiles in microseconds.</summary>
public sealed record LatenessSummary
{
    public long P50 { get; init; }

    public long P99 { get; init; }

    [JsonPropertyName("p99_99")]
    public long P9999 { get; init; }

    public long Max { get; init; }

    /// <summary>How many measurements there are.</summary>
    public long Count { get; init; }

    /// <summary>How many left later than half an interval: the guardian spoke for them, if it could.</summary>
    public long Late { get; init; }
}

/// <summary>Another host said that one of our addresses is its own.</summary>
/// <param name="Address">The claimed virtual address.</param>
/// <param name="Mac">The link-layer address that claimed it.</param>
/// <param name="At">When, UTC.</param>
public sealed record ForeignClaim(string Address, string Mac, DateTimeOffset At);

/// <summary>One address family of a virtual router: on the wire each family is a virtual router of its own (RFC 9568 5.2.3).</summary>
public sealed record FamilyStatus
{
    /// <summary>"ipv4" or "ipv6".</summary>
    public required string Family { get; init; }

    /// <summary>The address from which this host advertises, or null while it has none.</summary>
    public string? Source { get; init; }

    /// <summary>The address of the Active as this host sees it, or null.</summary>
    public string? Active { get; init; }

    /// <summary>The priority that the Active last advertised, or null.</summary>
    public int? ActivePriority { get; init; }
}
