using System.Collections.Immutable;
using Vigie.Core.Net;

namespace Vigie.Node.Ports;

/// <summary>
/// All that a new configuration needs of the kernel, together with all that the running one has: whoever acquires it touches
/// nothing that is in use.
/// </summary>
/// <param name="Generation">Comes back with the outcome, so that an outdated one is recognised.</param>
/// <param name="Interfaces">Where the running or the new configuration listens.</param>
/// <param name="VirtualAddresses">Of the running and of the new configuration.</param>
public sealed record PreparationPlan(
    int Generation, ImmutableArray<ListeningInterface> Interfaces, ImmutableArray<IpAddress> VirtualAddresses)
{
    /// <summary>As <see cref="ListeningPlan.RefusedAddresses"/>, once the new configuration is live.</summary>
    public ImmutableArray<IpAddress> RefusedAddresses { get; init; } = [];

    /// <summary>As <see cref="ListeningPlan.PeerRules"/>, once the new configuration is live.</summary>
    public ImmutableArray<PeerRule> PeerRules { get; init; } = [];

    /// <summary>Addresses that virtual routers which are Active, and stay so, get in addition.</summary>
    public ImmutableArray<AddressPlan> Addresses { get; init; } = [];
}

/// <summary>What came of a <see cref="PreparationPlan"/>: without refusals everything is there, with one nothing is.</summary>
public readonly record struct PreparationOutcome(int Generation, ImmutableArray<KernelRefusal> Refusals);

/// <summary>One thing that the kernel refused.</summary>
/// <param name="Kind">What.</param>
/// <param name="InterfaceIndex">Where; 0 when it concerns the whole host.</param>
/// <param name="Family">For what goes by family; null otherwise.</param>
/// <param name="Address">The virtual address that was refused; default otherwise.</param>
/// <param name="Error">The system's error number; 0 when there are only words.</param>
/// <param name="Words">What the refuser said; empty when there is only a number.</param>
public readonly record struct KernelRefusal(
    RefusalKind Kind, int InterfaceIndex, IpFamily? Family, IpPrefix Address, int Error, string Words);
