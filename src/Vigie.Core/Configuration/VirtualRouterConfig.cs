using System.Collections.Immutable;
using Vigie.Core.Net;
using Vigie.Core.Wire;

namespace Vigie.Core.Configuration;

/// <summary>
/// One virtual router as the operator wants it: already checked, so that no invalid value can stand here.
/// It may hold addresses of one or of both families; on the wire that is one RFC virtual router per family.
/// </summary>
public sealed record VirtualRouterConfig
{
    public const byte DefaultPriority = 100;

    /// <summary>The address owner's priority (RFC 9568 5.2.4).</summary>
    public const byte OwnerPriority = 255;

    /// <summary>The lowest priority with which the role may be held (RFC 9568 5.2.4).</summary>
    public const byte LeastPriority = 1;

    /// <summary>
    /// RFC 9568 5.2.8 would be the message alone, but keepalived 2.2.7 and FRR 8.4.4 refuse that
    /// (docs/decisions/0002-ipv4-checksum-form.md).
    /// </summary>
    public const Ipv4ChecksumForm DefaultIpv4Checksum = Ipv4ChecksumForm.PseudoHeader;

    public static readonly TimeSpan DefaultAdvertisementInterval = TimeSpan.FromSeconds(1);

    public required string Name { get; init; }

    /// <summary>1 to 255 (RFC 9568 5.2.3).</summary>
    public required byte Vrid { get; init; }

    public required string Interface { get; init; }

    /// <summary>The virtual addresses, in the order of the file; at least one, none twice.</summary>
    public required ImmutableArray<IpPrefix> Addresses { get; init; }

    /// <summary>1 to 254, or 255 for the address owner.</summary>
    public byte Priority { get; init; } = DefaultPriority;

    /// <summary>Version 3: 10 ms to 40.95 s in steps of 10 ms. Version 2: 1 s to 255 s in steps of 1 s.</summary>
    public TimeSpan AdvertisementInterval { get; init; } = DefaultAdvertisementInterval;

    public VrrpVersion Version { get; init; } = VrrpVersion.V3;

    public PreemptConfig Preempt { get; init; } = PreemptConfig.Always;

    /// <summary>Whether the Active accepts packets addressed to the virtual addresses (RFC 9568 6.1 Accept_Mode).</summary>
    public bool Accept { get; init; } = true;

    /// <summary>Whether the TCP connections of the virtual addresses are closed when the role is left in order.</summary>
    public bool CloseConnections { get; init; }

    /// <summary>Unicast peers of both families; a family without peers uses multicast.</summary>
    public ImmutableArray<IpAddress> Peers { get; init; } = [];

    /// <summary>Version 2 only: 1 to 8 bytes of simple-text password; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Drop advertisements whose address list differs from ours, instead of only counting them.</summary>
    public bool StrictAddresses { get; init; }

    /// <summary>The checksum that version 3 over IPv4 sends; both are accepted.</summary>
    public Ipv4ChecksumForm Ipv4Checksum { get; init; } = DefaultIpv4Checksum;

    public bool HasFamily(IpFamily family)
    {
        foreach (var address in Addresses)
            if (address.Family == family)
                return true;
        return false;
    }

    public bool HasPeers(IpFamily family)
    {
        foreach (var peer in Peers)
            if (peer.Family == family)
                return true;
        return false;
    }

    public bool Equals(VirtualRouterConfig? other) =>
        other is not null && Name == other.Name && Vrid == other.Vrid && Interface == other.Interface
        && Addresses.AsSpan().SequenceEqual(other.Addresses.AsSpan()) && Priority == other.Priority
        && AdvertisementInterval == other.AdvertisementInterval && Version == other.Version && Preempt == other.Preempt
        && Accept == other.Accept && CloseConnections == other.CloseConnections && Peers.AsSpan().SequenceEqual(other.Peers.AsSpan()) && Password == other.Password
        && StrictAddresses == other.StrictAddresses && Ipv4Checksum == other.Ipv4Checksum;

    public override int GetHashCode() => HashCode.Combine(Name, Vrid, Interface, Priority);
}
