namespace Vigie.Daemon.NodeSide;

/// <summary>How that went: null, or why not.</summary>
internal sealed record MuteReport(string? Failure);
