using Vigie.Core;

namespace Vigie.Simulation.Worlds;

// Hosts that run for a fifth of an interval and stand still for nine: late in every span, and never for so long that anybody would
// take over for that alone.
internal sealed partial record DirectedWorld
{
    // Not fields: these would be made before Interval, which stands in another file, or after it.
    private static TimeSpan Cycle => 2 * Interval;
    private static TimeSpan Stall => 1.8 * Interval;

    // Fifteen spans of two intervals until it leaves, and what a planned leave takes.
    private static TimeSpan LeavesWithin => 36 * Interval;
    private static TimeSpan SlowFor => 80 * Interval;

    // Fifteen spans without a late one, and a preemption.
    private static TimeSpan ReturnsWithin => 36 * Interval;
    private static TimeSpan SlowActiveLasts => SlowFor + ReturnsWithin + 5 * Interval;
    private static TimeSpan EverybodySlowFor => 200 * Interval;
    private static TimeSpan EverybodySlowLasts => EverybodySlowFor + 5 * Interval;

    private static void SlowActive(World world)
    {
        SlowDown(world, world.Hosts[0], SlowFor);
        // Before the hold is over nothing may bring it back; after it, what is late still.
        Watch(world, SlowFor + Cycle, since =>
        {
            if (since > LeavesWithin && (world.Checkers.IsActiveSomewhere(world.Hosts[0]) || !world.Checkers.IsActiveSomewhere(world.Hosts[1])))
                throw new ViolationException("a host that cannot keep time has the role, though another one could");
        });
        world.After(SlowFor + ReturnsWithin, _ =>
        {
            if (!world.Checkers.IsActiveSomewhere(world.Hosts[0]))
                throw new ViolationException("a host that keeps time again does not come back");
        });
    }

    private static void EverybodySlow(World world)
    {
        SlowDown(world, world.Hosts[0], EverybodySlowFor);
        world.After(Interval / 3, _ => SlowDown(world, world.Hosts[1], EverybodySlowFor - Interval));
        SimulatedHost? owner = world.Hosts[0];
        var moves = 0;
        Watch(world, EverybodySlowFor, _ =>
        {
            if (world.Hosts.FirstOrDefault(world.Checkers.IsActiveSomewhere) is not { } active || active == owner)
                return;
            owner = active;
            if (++moves > MostMoves)
                throw new ViolationException("the role circulates among hosts that cannot keep time");
        });
    }

    /// <summary>There and back, when the other host turns out to be no better.</summary>
    private const int MostMoves = 2;

    private static void SlowDown(World world, SimulatedHost host, TimeSpan lasting)
    {
        for (var at = TimeSpan.Zero; at < lasting; at += Cycle)
            world.After(at, _ => world.Faults.Pause(host, frozen: false, Stall));
    }

    /// <summary>Looks often, and at what must always be: somebody serves.</summary>
    private static void Watch(World world, TimeSpan lasting, Action<TimeSpan> look)
    {
        for (var at = TimeSpan.Zero; at < lasting; at += Interval / 4)
        {
            var since = at;
            world.After(at, _ =>
            {
                var served = world.Hosts.Any(host => (world.Plan.Families[0] == 6 || host.Kernel.Serves(WorldPlan.VirtualIPv4(0, 0).Address))
                    && (world.Plan.Families[0] == 4 || host.Kernel.Serves(WorldPlan.VirtualIPv6(0, 0).Address)));
                if (!served)
                    throw new ViolationException("nobody serves, because a host cannot keep time");
                look(since);
            });
        }
    }
}
