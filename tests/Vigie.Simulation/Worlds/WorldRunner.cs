namespace Vigie.Simulation.Worlds;

/// <summary>Runs whole worlds. Public and plain, so that a mutated copy in an assembly of its own can be called too.</summary>
public static class WorldRunner
{
    /// <summary>Null when the world kept to the rules, else the first violation.</summary>
    /// <param name="seed">What the world follows from.</param>
    /// <param name="fault">The only kind of fault in it, by name; null for all kinds.</param>
    public static string? Violation(ulong seed, string? fault = null) => new World(seed, fault).Run();

    /// <summary>The same for a world whose course is written down.</summary>
    /// <param name="seed">What the rest of the world follows from.</param>
    /// <param name="name">Of a <see cref="DirectedWorld"/>.</param>
    public static string? ViolationInDirected(ulong seed, string name) =>
        new World(seed, directed: DirectedWorld.All.Single(w => w.Name == name)).Run();

    /// <summary>The same world once more, with everything that happened in words.</summary>
    public static string Trace(ulong seed, string? fault = null)
    {
        var world = new World(seed, fault, traced: true);
        world.Run();
        return world.Trace;
    }

    /// <summary>The same for a world whose course is written down.</summary>
    public static string TraceOfDirected(ulong seed, string name)
    {
        var world = new World(seed, directed: DirectedWorld.All.Single(w => w.Name == name), traced: true);
        world.Run();
        return world.Trace;
    }

    /// <summary>The first violation in a world with guardians, or null.</summary>
    /// <param name="seed">What the world follows from.</param>
    /// <param name="intervalMilliseconds">Between advertisements.</param>
    /// <param name="seconds">How long faults happen in it.</param>
    public static string? ViolationInGuarded(ulong seed, int intervalMilliseconds, int seconds) =>
        new Guarded.GuardedWorld(seed, intervalMilliseconds, TimeSpan.FromSeconds(seconds)).Run();

    /// <summary>The same world once more in words.</summary>
    /// <param name="seed">What the world follows from.</param>
    /// <param name="intervalMilliseconds">Between advertisements.</param>
    /// <param name="seconds">How long faults happen in it.</param>
    /// <param name="everyWake">Processes are woken also when they have nothing to do.</param>
    public static string TraceOfGuarded(ulong seed, int intervalMilliseconds, int seconds, bool everyWake = false)
    {
        var world = new Guarded.GuardedWorld(seed, intervalMilliseconds, TimeSpan.FromSeconds(seconds), traced: true, everyWake);
        world.Run();
        return world.Trace;
    }
}
