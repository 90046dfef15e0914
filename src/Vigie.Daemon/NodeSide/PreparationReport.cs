using Vigie.Node.Ports;

namespace Vigie.Daemon.NodeSide;

/// <summary>How a <see cref="PreparationPlan"/> went.</summary>
internal sealed record PreparationReport(PreparationOutcome Outcome);
