namespace Vigie.Daemon.NodeSide;

/// <summary>How many were closed, and the first error or 0.</summary>
internal sealed record CloseReport(int Closed, int Error);
