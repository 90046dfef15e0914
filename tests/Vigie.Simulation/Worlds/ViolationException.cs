namespace Vigie.Simulation.Worlds;

/// <summary>A checker saw what must not be. It ends the world; the message says what, where and when.</summary>
internal sealed class ViolationException(string message) : Exception(message);
