namespace Vigie.Daemon.NodeSide;

/// <summary>Asks for all links and addresses; the answer is a <see cref="KernelSnapshot"/>.</summary>
internal sealed class SnapshotRequest;
