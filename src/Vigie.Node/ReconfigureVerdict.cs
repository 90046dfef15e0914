using System.Collections.Immutable;
using Vigie.Core.Net;
using Vigie.Node.Ports;

namespace Vigie.Node;

/// <summary>What became of a new configuration: live, with what it changed, or refused as a whole.</summary>
/// <param name="Outcome">Null when it was refused.</param>
/// <param name="Refusals">Empty when it is live.</param>
public sealed record ReconfigureVerdict(ReconfigureOutcome? Outcome, ImmutableArray<ReconfigureRefusal> Refusals);

/// <summary>One reason for which a new configuration did not become live.</summary>
/// <param name="Kind">What was refused.</param>
/// <param name="Routers">The virtual routers of the new configuration that need it; empty when it concerns the whole host.</param>
/// <param name="Interface">Its name, or empty.</param>
/// <param name="Family">For what goes by family.</param>
/// <param name="Address">The virtual address, where it is about one.</param>
/// <param name="Error">The system's error number, or 0.</param>
/// <param name="Words">What the refuser said, or empty.</param>
public sealed record ReconfigureRefusal(
    RefusalKind Kind, string Routers, string Interface, IpFamily? Family, IpPrefix Address, int Error, string Words);
