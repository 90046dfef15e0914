namespace Vigie.Simulation.Worlds;

/// <summary>Runs whole worlds. Public and plain, so that a mutated copy in an assembly of its own can be called too.</summary>
public static class WorldRunner
{
    /// <summary>Null when the world kept to the rules, else the first violation.</summary>
    public static string? Violation(ulong seed) => new World(seed).Run();

    /// <summary>The same world once more, with everything that happened in words.</summary>
    public static string Trace(ulong seed)
    {
        var world = new World(seed, traced: true);
        world.Run();
        return world.Trace;
    }
}
