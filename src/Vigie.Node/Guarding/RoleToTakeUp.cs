namespace Vigie.Node.Guarding;

/// <summary>What an earlier process has left to a virtual router, and where the guardian goes on writing it down until it is taken up.</summary>
internal sealed record RoleToTakeUp(RoleRecord Record, BoardSlot Slot);
