using System.Collections.Immutable;
using Vigie.Core.Net;

namespace Vigie.Node.Ports;

/// <summary>The host's own network settings, as far as a virtual router changes them.</summary>
public interface IHostNetwork
{
    /// <summary>
    /// Makes the kernel hold, or not hold, the addresses of a plan, all in one go. Idempotent: holding them already renews
    /// their lifetimes. The plan's array must be read before the call returns. The outcome comes back later, never during
    /// the call, as <see cref="ElectionLoop.OnAddressesApplied"/> with the plan's generation.
    /// </summary>
    void Apply(in AddressPlan plan);

    /// <summary>
    /// Listens where and for what the plan says, and nowhere else. Joining a group again is part of it. Idempotent. How it
    /// went comes back later, never during the call, as <see cref="ElectionLoop.OnListening"/> for each interface and
    /// family with the plan's generation.
    /// </summary>
    void Listen(ListeningPlan plan);

    /// <summary>
    /// Acquires everything of the plan that is not there yet, and changes nothing that is in use; when something is refused,
    /// everything is as it was before. Comes back later, never during the call, as <see cref="ElectionLoop.OnPrepared"/>. The
    /// next <see cref="Listen"/> gives up what it does not need. In order with plans.
    /// </summary>
    void Prepare(PreparationPlan plan);

    /// <summary>
    /// From now on the host teaches no neighbour its MAC for these addresses, or does so again: no ARP or neighbour
    /// discovery of the kernel's own carries them, answers included. In order with plans. It ends by itself after
    /// <see cref="LongestMuting"/>, whatever becomes of this process. An address that is already so is no error.
    /// </summary>
    void Mute(ImmutableArray<IpAddress> addresses, bool muted);

    /// <summary>Closes the TCP connections of these addresses, telling the peers; listening sockets stay. In order with plans.</summary>
    void CloseConnections(ImmutableArray<IpAddress> addresses);

    /// <summary>Longer than any leave takes.</summary>
    static readonly TimeSpan LongestMuting = TimeSpan.FromSeconds(15);
}

/// <summary>What one virtual router wants of the kernel.</summary>
/// <param name="Router">The router's slot; comes back with the outcome.</param>
/// <param name="Generation">Comes back with the outcome, so that an outdated one is recognised.</param>
/// <param name="InterfaceIndex">The kernel's index of the interface.</param>
/// <param name="Addresses">The addresses in the form in which the kernel is to hold them; only the first <paramref name="Count"/> count.</param>
/// <param name="Count">How many of them.</param>
/// <param name="Present">Hold them, or remove them; removing what is not there is no error.</param>
/// <param name="LifetimeSeconds">After this many seconds without renewal the kernel removes them by itself.</param>
/// <param name="Renewal">
/// Nothing but lifetimes is to change: nobody waits for the outcome unless it is an error, and one of several that wait
/// is enough.
/// </param>
public readonly record struct AddressPlan(
    int Router, int Generation, int InterfaceIndex, IpPrefix[] Addresses, int Count, bool Present, uint LifetimeSeconds,
    bool Renewal = false);

/// <summary>How applying a plan ended: 0, or the first error and the address it concerns.</summary>
public readonly record struct AddressOutcome(int Router, int Generation, bool Present, int Error, IpPrefix Failed);
