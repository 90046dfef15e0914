using System.Collections.Immutable;
using Vigie.Core.Net;

namespace Vigie.Node.Ports;

/// <summary>Which interfaces are listened on, and for whose addresses foreign claims are wanted.</summary>
public sealed record ListeningPlan(ImmutableArray<ListeningInterface> Interfaces, ImmutableArray<IpAddress> VirtualAddresses)
{
    /// <summary>Listens nowhere and refuses nothing.</summary>
    public static readonly ListeningPlan Nothing = new([], []);

    /// <summary>Comes back with the outcomes, so that an outdated one is recognised.</summary>
    public int Generation { get; init; }

    /// <summary>
    /// Virtual addresses for which this host answers ARP and neighbour discovery but accepts no packets (RFC 9568 6.1
    /// Accept_Mode false), whoever holds them at the moment.
    /// </summary>
    public ImmutableArray<IpAddress> RefusedAddresses { get; init; } = [];

    /// <summary>From whom alone advertisements are wanted, for virtual routers with peers.</summary>
    public ImmutableArray<PeerRule> PeerRules { get; init; } = [];
}

/// <summary>Advertisements of one virtual router and family come from its peers; those of anybody else need not be heard.</summary>
/// <param name="Router">Its name.</param>
/// <param name="InterfaceIndex">The kernel's index.</param>
/// <param name="Vrid">1 to 255.</param>
/// <param name="Family">Of the peers.</param>
/// <param name="Peers">Not empty, all of that family.</param>
public readonly record struct PeerRule(string Router, int InterfaceIndex, byte Vrid, IpFamily Family, ImmutableArray<IpAddress> Peers);

/// <summary>One interface of a <see cref="ListeningPlan"/>.</summary>
/// <param name="Index">The kernel's index.</param>
/// <param name="IPv4">Some virtual router here has IPv4 addresses.</param>
/// <param name="IPv6">Some virtual router here has IPv6 addresses.</param>
/// <param name="Rejoin">Leave and join the groups again: the link came up, and memberships are known to get lost then.</param>
public readonly record struct ListeningInterface(int Index, bool IPv4, bool IPv6, bool Rejoin);

/// <summary>How listening on one interface for one family went.</summary>
/// <param name="Generation">Of the plan.</param>
/// <param name="InterfaceIndex">The kernel's index.</param>
/// <param name="Family">Which family.</param>
/// <param name="Error">0: advertisements are heard. Otherwise the system's error number.</param>
/// <param name="GroupOnly">The error keeps only the multicast group away; what is sent to this host alone is heard.</param>
public readonly record struct ListeningOutcome(int Generation, int InterfaceIndex, IpFamily Family, int Error, bool GroupOnly);
