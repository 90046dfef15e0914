using Vigie.Core;
using Vigie.Core.Configuration;

namespace Vigie.Simulation.Worlds;

/// <summary>
/// What goes wrong in a world, when, and for how long. Each fault tells the checkers, so that they know from when on the
/// hosts have no excuse any more.
/// </summary>
internal sealed class Faults(World world, string? only)
{
    private readonly int[] _addressCounts = new int[3];

    private enum Kind
    {
        Loss, Delay, Reorder, Duplicate, OneWay, Split, Pause, Freeze, Crash, PowerOff, Shutdown, SlowNetlink,
        DeleteAddress, LinkFlap, Switchover, Drain, ReconfigurePriority, ReconfigureAddresses, Refuse,
    }

    private readonly Kind[] _kinds = only is null ? Enum.GetValues<Kind>() : [Enum.Parse<Kind>(only)];

    private TimeSpan Interval => world.Plan.LongestInterval;

    /// <summary>Puts the world's faults into its queue and returns when the world ends.</summary>
    public Instant Schedule()
    {
        var at = Instant.Zero + world.Checkers.SettleTime + world.Plan.Interval;
        var count = 2 + world.Random.Below(6);
        for (var i = 0; i < count; i++)
        {
            var kind = world.Random.Pick<Kind>(_kinds);
            world.At(at, _ => Inject(kind));
            // Half of the faults meet a settled world; the others come while it still deals with the last one.
            at += world.Random.Chance(0.5)
                ? Interval * 8 + world.Checkers.SettleTime
                : world.Random.Between(TimeSpan.Zero, Interval * 8);
        }

        at += Interval * 8 + TimeSpan.FromSeconds(2);
        return at + world.Checkers.SettleTime + world.Checkers.SettleTime;
    }

    public void TurnOn(SimulatedHost host)
    {
        world.Checkers.Disturb(host, Disturbance.Arrival);
        world.Note(host, "FAULT: power on");
        host.PowerOn();
    }

    private void Inject(Kind kind)
    {
        var random = world.Random;
        var host = world.Hosts[random.Below(world.Hosts.Count)];
        // The one who owns something is the one who can lose it.
        if (random.Chance(0.6))
            host = world.Hosts.FirstOrDefault(world.Checkers.IsActiveSomewhere) ?? host;
        var lasting = random.Between(Interval, Interval * 8);
        world.Note(host, $"FAULT: {kind} for {lasting.TotalMilliseconds} ms");
        switch (kind)
        {
            case Kind.Loss:
                Environment(lasting, () => world.Segment.Loss = 0.05 + 0.01 * random.Below(55), () => world.Segment.Loss = 0);
                break;
            case Kind.Delay:
                Environment(lasting, () => world.Segment.ExtraDelay = random.Between(TimeSpan.Zero, Interval), () => world.Segment.ExtraDelay = TimeSpan.Zero);
                break;
            case Kind.Reorder:
                Environment(lasting, () => world.Segment.ExtraJitter = random.Between(TimeSpan.Zero, 2 * Interval), () => world.Segment.ExtraJitter = TimeSpan.Zero);
                break;
            case Kind.Duplicate:
                world.Segment.Duplication = 0.5; // no excuse for anything
                world.After(lasting, _ => world.Segment.Duplication = 0);
                break;
            case Kind.OneWay:
                var other = world.Hosts[(host.Number + 1 + random.Below(world.Hosts.Count - 1)) % world.Hosts.Count];
                Environment(lasting, () => world.Segment.Block(host.Number, other.Number), () => world.Segment.Unblock(host.Number, other.Number));
                break;
            case Kind.Split:
                Split(random.Below(1 << world.Hosts.Count), lasting);
                break;
            case Kind.Pause:
            case Kind.Freeze:
                Pause(host, kind == Kind.Freeze, random.Between(Interval / 4, Interval * 8));
                break;
            case Kind.Crash:
            case Kind.PowerOff:
            case Kind.Shutdown:
                Stop(host, kind, lasting);
                break;
            case Kind.SlowNetlink:
                SlowNetlink(host, lasting);
                break;
            case Kind.DeleteAddress:
                DeleteAddress(host);
                break;
            case Kind.LinkFlap:
                LinkFlap(host, random.Between(TimeSpan.FromMilliseconds(1), Interval * 4));
                break;
            case Kind.Switchover:
                Switchover(host, lasting);
                break;
            case Kind.Drain:
                Drain(host, lasting);
                break;
            case Kind.ReconfigurePriority:
                ReconfigurePriority(host);
                break;
            case Kind.ReconfigureAddresses:
                ReconfigureAddresses(random.Below(world.Plan.Routers));
                break;
            case Kind.Refuse:
                Refuse(host, lasting);
                break;
            default:
                throw new InvalidOperationException($"unknown fault {kind}");
        }
    }

    private void Environment(TimeSpan lasting, Action begin, Action end)
    {
        world.Checkers.BeginUnhealthy();
        begin();
        world.After(lasting, _ =>
        {
            end();
            // What is still under way may be as late as the fault made it.
            world.After(2 * Interval + TimeSpan.FromMilliseconds(1), _ => world.Checkers.EndUnhealthy());
            world.Note("FAULT: healed");
        });
    }

    private void Split(int side, TimeSpan lasting)
    {
        void Each(Action<int, int> what)
        {
            foreach (var a in world.Hosts)
                foreach (var b in world.Hosts)
                    if ((side >> a.Number & 1) != (side >> b.Number & 1))
                        what(a.Number, b.Number);
        }

        world.Checkers.BeginUnhealthy();
        Each(world.Segment.Block);
        world.After(lasting, _ =>
        {
            Each(world.Segment.Unblock);
            world.Note("FAULT: split healed");
            world.Checkers.EndUnhealthy();
        });
    }

    /// <summary>Announces the end of its role and comes back after a while and a second.</summary>
    public void Resign(SimulatedHost host, TimeSpan lasting) => Stop(host, Kind.Shutdown, lasting);

    /// <summary>A paused process, or with it the whole host, until it is resumed.</summary>
    /// <param name="host">Which one.</param>
    /// <param name="frozen">The whole host: what is sent to it is lost.</param>
    /// <param name="lasting">How long; null when somebody calls <see cref="Resume"/>.</param>
    public void Pause(SimulatedHost host, bool frozen, TimeSpan? lasting)
    {
        if (!host.Runs || host.Stopping)
            return;
        world.Checkers.Disturb(host, Disturbance.Departure);
        host.Pause(frozen);
        var process = host.Process;
        if (lasting is not { } span)
            return;
        world.After(span, _ =>
        {
            if (process == host.Process)
                Resume(host);
        });
    }

    public void Resume(SimulatedHost host)
    {
        world.Note(host, "FAULT: resumes");
        world.Checkers.Disturb(host, Disturbance.Resumption);
        host.Resume();
    }

    private void Stop(SimulatedHost host, Kind kind, TimeSpan lasting)
    {
        if (host.Loop is null || host.Stopping || (host.Paused && kind == Kind.Shutdown))
            return;
        world.Checkers.ExpectSuccessor(host, resigns: kind == Kind.Shutdown, keepsServing: kind == Kind.Crash);
        world.Checkers.Disturb(host, Disturbance.Departure);
        if (kind == Kind.PowerOff)
            host.PowerOff();
        else if (kind == Kind.Crash)
            host.End();
        else
            host.Shutdown();
        world.After(lasting + TimeSpan.FromSeconds(1), _ =>
        {
            if (host.Loop is not null)
                return;
            if (!host.Powered)
            {
                TurnOn(host);
                return;
            }

            world.Note(host, "FAULT: process starts");
            world.Checkers.Disturb(host, Disturbance.Arrival);
            host.Begin();
        });
    }

    /// <summary>An operator moves every role of a host away, and takes that back after a while.</summary>
    private void Switchover(SimulatedHost host, TimeSpan lasting)
    {
        if (!host.Runs || host.Stopping || host.Drained)
            return;
        world.Checkers.ExpectSuccessor(host, resigns: true, keepsServing: true);
        Disturb(host);
        Wish(host, (loop, now, name) => loop.Switchover(now, name));
        world.After(lasting + TimeSpan.FromSeconds(1), _ =>
        {
            Disturb(host);
            Wish(host, (loop, now, name) => loop.Failback(now, name));
        });
    }

    private void Drain(SimulatedHost host, TimeSpan lasting)
    {
        if (!host.Runs || host.Stopping || host.Drained)
            return;
        world.Checkers.ExpectSuccessor(host, resigns: true, keepsServing: true);
        Disturb(host);
        host.Drain(true);
        world.After(lasting + TimeSpan.FromSeconds(1), _ =>
        {
            Disturb(host);
            host.Drain(false);
        });
    }

    private static void Wish(SimulatedHost host, Action<Vigie.Node.ElectionLoop, Instant, string> wish)
    {
        foreach (var router in host.Config.VirtualRouters)
            host.Input((loop, now) => wish(loop, now, router.Name));
    }

    // Like changed settings; and when nobody takes the role, it comes back to where it was.
    private void Disturb(SimulatedHost host)
    {
        world.Checkers.Disturb(host, Disturbance.Other);
        world.After(0.99 * Succession(host), _ => world.Checkers.Disturb(host, Disturbance.Arrival));
    }

    private static TimeSpan Succession(SimulatedHost host) => host.Config.VirtualRouters.Max(r => Checkers.Succession(r.AdvertisementInterval));

    private void SlowNetlink(SimulatedHost host, TimeSpan lasting)
    {
        world.Checkers.Disturb(host, Disturbance.Other);
        host.Kernel.BeginSlowness(world.Random.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(60)));
        world.After(lasting, _ =>
        {
            world.Checkers.Disturb(host, Disturbance.Other);
            host.Kernel.EndSlowness();
        });
    }

    private void DeleteAddress(SimulatedHost host)
    {
        if (!host.Powered || host.Frozen)
            return;
        var ours = host.Kernel.Table.Where(e => e.Value.Ours).Select(e => e.Key).Order().ToList();
        if (ours.Count == 0)
            return;
        var prefix = ours[world.Random.Below(ours.Count)];
        world.Note(host, $"FAULT: somebody deletes {prefix}");
        host.Kernel.DeleteByHand(prefix); // no excuse for anything
    }

    private void LinkFlap(SimulatedHost host, TimeSpan lasting)
    {
        if (!host.Powered || host.Frozen || !host.Kernel.LinkUp)
            return;
        world.Checkers.Disturb(host, Disturbance.Departure);
        host.Kernel.SetLink(false);
        world.After(lasting, _ =>
        {
            world.Note(host, "FAULT: link up");
            world.Checkers.Disturb(host, Disturbance.Arrival);
            host.Kernel.SetLink(true);
        });
    }

    private void ReconfigurePriority(SimulatedHost host)
    {
        var router = world.Random.Below(world.Plan.Routers);
        var priority = world.Random.Pick<byte>(50, 100, 120, 150, 200, 254);
        Change(host, router, old => old with { Priority = priority });
    }

    private void ReconfigureAddresses(int router)
    {
        _addressCounts[router] = 1 + world.Random.Below(4);
        foreach (var host in world.Hosts)
            Change(host, router, old => old with { Addresses = world.Plan.Addresses(router, _addressCounts[router]) });
    }

    private void Change(SimulatedHost host, int router, Func<VirtualRouterConfig, VirtualRouterConfig> change)
    {
        world.Checkers.Disturb(host, Disturbance.Other);
        var routers = host.Config.VirtualRouters;
        host.Reconfigure(host.Config with { VirtualRouters = routers.SetItem(router, change(routers[router])) });
    }

    private void Refuse(SimulatedHost host, TimeSpan lasting)
    {
        world.Checkers.Disturb(host, Disturbance.Other);
        host.Kernel.RefusesAddresses = true;
        world.After(lasting, _ =>
        {
            world.Checkers.Disturb(host, Disturbance.Other);
            host.Kernel.RefusesAddresses = false;
        });
    }
}
