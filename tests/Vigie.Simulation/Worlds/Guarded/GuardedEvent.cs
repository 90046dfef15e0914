namespace Vigie.Simulation.Worlds.Guarded;

/// <summary>What is to happen: a packet arrives at a host (at the client, when there is none), a host's kernel has done its next work, or something rare is called.</summary>
/// <param name="Host">Whom it concerns alone; null when it may concern everybody.</param>
/// <param name="Packet">What arrives.</param>
/// <param name="Act">What is called.</param>
internal readonly record struct GuardedEvent(GuardedHost? Host, GuardedPacket? Packet = null, Action? Act = null);
