using Vigie.Core;

namespace Vigie.Simulation.Worlds;

/// <summary>
/// Worlds whose course of events is written down: each shows one mistake that worlds of chance show too rarely. The seed
/// decides only what must not matter, such as latencies and clocks, so that no change of the worlds makes them useless.
/// </summary>
/// <param name="Name">What happens.</param>
/// <param name="Priorities">One host for each, the first one owns the only virtual router.</param>
/// <param name="DriftPartsPerBillion">How fast the clock of each host is.</param>
/// <param name="Course">Puts the events into the world's queue; the world has settled when it is called.</param>
internal sealed partial record DirectedWorld(string Name, byte[] Priorities, int[] DriftPartsPerBillion, Action<World> Course)
{
    /// <summary>Of every host. Times below are in it.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Enough for each course, and for those who are stopped to come back.</summary>
    private static readonly TimeSpan LongestCourse = 15 * Interval;

    // A Backup of priority 100 believes in silence after 3.61 intervals (RFC 9568 6.1).
    public static readonly IReadOnlyList<DirectedWorld> All =
    [
        new("FrozenWithinTheWait", [200, 100], [0, 0], world => FreezeBackup(world, 3.5 * Interval)),
        new("FrozenPastTheWait", [200, 100], [0, 0], world => FreezeBackup(world, 3.65 * Interval)),

        // The Active's clock is slow and the Backup's is fast: an interval of the one is longer than one of the other.
        new("ThawedJustAfterAWord", [200, 100], [-500_000, 500_000], world =>
        {
            FreezeBackup(world, null);
            world.After(3.5 * Interval, _ =>
                world.WhenAdvertised(world.Hosts[0], _ => world.After(world.Plan.Latency, _ => world.Faults.Resume(world.Hosts[1]))));
        }),

        // The successor speaks 0.41 intervals after the resignation, which the third host hears only then.
        new("ResignationOvertaken", [200, 150, 100], [0, 0, 0], world =>
            world.WhenAdvertised(world.Hosts[0], _ => world.After(Interval / 2, _ =>
            {
                world.Segment.SetDelay(0, 2, 0.6 * Interval);
                world.Faults.Resign(world.Hosts[0], 5 * Interval);
                world.After(Interval, _ => world.Segment.SetDelay(0, 2, TimeSpan.Zero));
            }))),

        // The first host comes back and the second one yields with its last word, to which the first one's answer is lost; then
        // the second one freezes and the first one resigns. The third must have heard whose resignation that was.
        new("ResignationAfterALastWord", [200, 150, 100], [0, 0, 0], world =>
            world.WhenAdvertised(world.Hosts[0], _ =>
            {
                world.Faults.Resign(world.Hosts[0], 4 * Interval);
                world.Segment.SetDelay(1, 2, 3 * world.Plan.Latency); // the last word comes last
                world.After(Interval, _ => world.WhenAdvertised(world.Hosts[0], _ =>
                {
                    world.Segment.Block(0, 2);
                    world.After(Interval / 4, _ => world.Segment.Unblock(0, 2));
                    world.After(Interval / 4, _ => world.Faults.Pause(world.Hosts[1], frozen: true, 4 * Interval));
                    world.After(Interval / 2, _ => ResignBeforeTheThird(world));
                }));
            })),

        // All hosts lose power, and a stranger has the address when they come back: for eight seconds nobody may take the role, and
        // then the stranger's departure is noticed within a second (0.5 s until it is asked again, 0.3 s for three questions).
        new("StrangerHoldsTheAddress", [200, 100], [0, 0], world =>
        {
            foreach (var host in world.Hosts)
                PowerOff(world, host);
            world.TheStranger.Hold(world.Hosts[0].Config.VirtualRouters[0].Addresses[^1].Address);
            foreach (var host in world.Hosts)
                world.After(Interval, _ => world.Faults.TurnOn(host));
            world.After(8 * Interval, _ => world.TheStranger.LetGo());
            world.After(9 * Interval, _ =>
            {
                if (!world.Hosts.Any(world.Checkers.IsActiveSomewhere))
                    throw new ViolationException("the stranger has been gone for a second and nobody has taken the role");
            });
        }),

        // The only peer crashed, its kernel still has the address: whoever starts meanwhile leaves it alone, and takes the role soon
        // after the kernel has let go (lifetime 6 s, renewed at most a second before).
        new("StaleAddressOfACrashedPeer", [200, 100], [0, 0], world =>
        {
            PowerOff(world, world.Hosts[1]);
            world.After(Interval / 2, _ =>
            {
                world.Checkers.Disturb(world.Hosts[0], Disturbance.Departure);
                world.Hosts[0].End();
            });
            world.After(Interval, _ => world.Faults.TurnOn(world.Hosts[1]));
            world.After(Interval + 7.5 * Interval, _ =>
            {
                if (!world.Checkers.IsActiveSomewhere(world.Hosts[1]))
                    throw new ViolationException("the crashed peer's address is gone and the other host has not taken the role");
            });
        }),

        new("SlowActive", [200, 100], [0, 0], SlowActive) { Lasting = SlowActiveLasts },
        new("EverybodySlow", [200, 100], [0, 0], EverybodySlow) { Lasting = EverybodySlowLasts },
    ];

    /// <summary>How long the course goes on at most.</summary>
    public TimeSpan Lasting { get; private init; } = LongestCourse;

    public override string ToString() => Name;

    /// <summary>Begins when the world has settled; returns when the world ends.</summary>
    public Instant Schedule(World world)
    {
        var settled = Instant.Zero + world.Checkers.SettleTime + Interval;
        world.At(settled, _ => Course(world));
        return settled + Lasting + world.Checkers.SettleTime;
    }

    private static void PowerOff(World world, SimulatedHost host)
    {
        world.Checkers.Disturb(host, Disturbance.Departure);
        host.PowerOff();
    }

    /// <summary>From just after it heard the Active.</summary>
    private static void FreezeBackup(World world, TimeSpan? lasting) =>
        world.WhenAdvertised(world.Hosts[0], _ => world.After(2 * world.Plan.Latency, _ => world.Faults.Pause(world.Hosts[1], frozen: true, lasting)));

    /// <summary>Skew_Time of priority 100 is 0.61 intervals, and Active_Down_Interval 3.61 (RFC 9568 6.1).</summary>
    private static void ResignBeforeTheThird(World world)
    {
        world.Faults.Resign(world.Hosts[0], 4 * Interval);
        world.After(0.7 * Interval, _ =>
        {
            if (!world.Checkers.IsActiveSomewhere(world.Hosts[2]))
                throw new ViolationException("the last host has not heard that the first one resigned");
        });
    }
}
