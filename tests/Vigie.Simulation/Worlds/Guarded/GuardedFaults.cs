using Vigie.Core;
using Vigie.Core.Election;

namespace Vigie.Simulation.Worlds.Guarded;

/// <summary>What happens in a <see cref="GuardedWorld"/>, and what of it is an excuse. What happens to processes is in GuardedFaults.Processes.cs.</summary>
internal sealed partial class GuardedFaults(GuardedWorld world)
{
    private enum Kind
    {
        CrashNode, CrashNode2, CrashLoop, PauseNode, PauseNode2, PauseGuardian, CrashGuardian, PauseAll, Freeze, StallClock, KillAll, PowerCut,
        LinkDown, Terminate, Terminate2, Switchover, Switchover2, Drain, ReloadPriority, ReloadAddresses, Loss, Delay, Reorder, Duplicate, OneWay,
        Split, SlowNetlink, DeleteAddress, Refuse,
    }

    private static readonly Kind[] Kinds = Enum.GetValues<Kind>();

    private TimeSpan Calm => world.Watch.SettleTime;

    /// <summary>Puts the faults into the world's queue, one after another, and returns when it ends.</summary>
    public Instant Schedule()
    {
        world.After(Calm + world.Interval, Next);
        return world.Now + world.Lasting + 3 * Calm + TimeSpan.FromSeconds(30);
    }

    private void Next()
    {
        if (world.Now.Subtract(Instant.Zero) >= world.Lasting)
            return;
        var random = world.Random;
        // Most meet a settled world; the others come while it still deals with the last one.
        world.After(random.Chance(0.7) ? Calm + random.Between(Calm / 4, 2 * Calm) : random.Between(TimeSpan.Zero, 8 * world.Interval), Next);
        var kind = random.Pick<Kind>(Kinds);
        var host = world.Hosts[random.Below(world.Hosts.Length)];
        if (random.Chance(0.7))
            host = Active() ?? host;
        var lasting = random.Chance(0.5)
            ? random.Between(world.Interval / 4, 4 * world.Interval)
            : random.Between(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(8));
        if (!host.Powered || host.Frozen || host.Leaving)
            return;
        if (world.Tracing)
            world.Note($"FAULT: {host} {kind} for {lasting.TotalMilliseconds} ms");
        world.Watch.OnFault();
        if (!InjectIntoNetwork(kind, host, lasting) && !InjectWish(kind, host, lasting))
            InjectIntoProcesses(kind, host, lasting);
    }

    private GuardedHost? Active()
    {
        foreach (var host in world.Hosts)
            if (host.State == RouterState.Active)
                return host;
        return null;
    }

    private bool InjectIntoNetwork(Kind kind, GuardedHost host, TimeSpan lasting)
    {
        var random = world.Random;
        var segment = world.Segment;
        var other = world.Hosts[(host.Number + 1 + random.Below(world.Hosts.Length - 1)) % world.Hosts.Length].Number;
        switch (kind)
        {
            case Kind.Loss:
                Unhealthy(lasting, true, () => segment.Loss = 0.05 + 0.01 * random.Below(55), () => segment.Loss = 0);
                break;
            case Kind.Delay:
                Unhealthy(lasting, true, () => segment.ExtraDelay = random.Between(TimeSpan.Zero, world.Interval), () => segment.ExtraDelay = TimeSpan.Zero);
                break;
            case Kind.Reorder:
                Unhealthy(lasting, true, () => segment.ExtraJitter = random.Between(TimeSpan.Zero, 2 * world.Interval), () => segment.ExtraJitter = TimeSpan.Zero);
                break;
            case Kind.Duplicate:
                segment.Duplication = 0.5; // no excuse for anything
                world.After(lasting, () => segment.Duplication = 0);
                break;
            case Kind.OneWay:
                Unhealthy(lasting, false, () => segment.Block(host.Number, other, true), () => segment.Block(host.Number, other, false));
                break;
            case Kind.Split:
                Unhealthy(lasting, false, () => Isolate(host, true), () => Isolate(host, false));
                break;
            case Kind.LinkDown:
                Excused(lasting, () => host.SetLink(false), () => host.SetLink(true));
                break;
            case Kind.SlowNetlink:
                Excused(lasting,
                    () => host.Kernel.BeginSlowness(random.Between(TimeSpan.FromMilliseconds(1), GuardedKernel.LongestSlowness)), host.Kernel.EndSlowness);
                break;
            case Kind.DeleteAddress:
                DeleteAddress(host);
                break;
            case Kind.Refuse:
                Excused(lasting, () => host.Kernel.RefusesAddresses = true, () => host.Kernel.RefusesAddresses = false);
                break;
            default:
                return false;
        }

        return true;
    }

    private bool InjectWish(Kind kind, GuardedHost host, TimeSpan lasting)
    {
        switch (kind)
        {
            case Kind.Switchover or Kind.Switchover2:
                Switchover(host, lasting);
                break;
            case Kind.Drain:
                Drain(host, lasting);
                break;
            case Kind.ReloadPriority:
                world.Watch.ExcuseArrival();
                host.Reload(world.Random.Pick<byte>(50, 100, 120, 150, 200, 254), addresses: null);
                break;
            case Kind.ReloadAddresses:
                ReloadAddresses(host.Config.Addresses.Length == Families() ? 2 : 1);
                break;
            default:
                return false;
        }

        return true;
    }

    /// <summary>Everywhere at once; as long as not every host has them nobody can say which of them count.</summary>
    private void ReloadAddresses(int count)
    {
        world.Watch.BeginUnhealthy();
        foreach (var host in world.Hosts)
            host.Reload(host.WantedPriority, count);
        EndWhenReloaded();
    }

    private void EndWhenReloaded()
    {
        foreach (var host in world.Hosts)
        {
            if (!host.WaitsForReload)
                continue;
            world.After(TimeSpan.FromMilliseconds(100), EndWhenReloaded);
            return;
        }

        world.Watch.EndUnhealthy(lossy: false);
    }

    private int Families() => world.Families == 46 ? 2 : 1;

    private void Excused(TimeSpan lasting, Action begin, Action end)
    {
        world.Watch.Excuse();
        begin();
        Afterwards(lasting, () =>
        {
            world.Watch.Excuse();
            end();
        });
    }

    private void Afterwards(TimeSpan lasting, Action end) => world.After(lasting, () =>
    {
        world.Note("FAULT: over");
        world.Watch.OnFaultOver();
        end();
    });

    private void Unhealthy(TimeSpan lasting, bool lossy, Action begin, Action end)
    {
        world.Watch.BeginUnhealthy();
        begin();
        Afterwards(lasting, () =>
        {
            end();
            // What is still under way may be as late as the fault made it.
            world.After(3 * world.Interval + TimeSpan.FromMilliseconds(1), () => world.Watch.EndUnhealthy(lossy));
        });
    }

    private void Isolate(GuardedHost host, bool blocked)
    {
        foreach (var other in world.Hosts)
        {
            if (other == host)
                continue;
            world.Segment.Block(host.Number, other.Number, blocked);
            world.Segment.Block(other.Number, host.Number, blocked);
        }
    }

    private void DeleteAddress(GuardedHost host)
    {
        if (!host.NodeRuns)
            return;
        foreach (var standing in host.Kernel.Standing)
        {
            if (!standing.Ours)
                continue;
            world.Watch.ExcuseService();
            if (world.Tracing)
                world.Note($"{host}: somebody deletes {standing.Prefix}");
            host.Kernel.DeleteByHand(standing.Prefix);
            return;
        }
    }

    /// <summary>An operator moves the role of a host away, and takes that back after a while.</summary>
    private void Switchover(GuardedHost host, TimeSpan lasting)
    {
        if (!host.NodeRuns || host.Drained)
            return;
        world.Watch.ExpectSuccessor(host, resigns: true);
        world.Watch.ExcuseLeave(host);
        host.Switchover();
        Afterwards(lasting + TimeSpan.FromSeconds(1), () =>
        {
            world.Watch.ExcuseArrival();
            host.Failback();
        });
    }

    private void Drain(GuardedHost host, TimeSpan lasting)
    {
        if (!host.NodeRuns || host.Drained)
            return;
        world.Watch.ExpectSuccessor(host, resigns: true);
        world.Watch.ExcuseLeave(host);
        host.Drain(true);
        Afterwards(lasting + TimeSpan.FromSeconds(1), () =>
        {
            world.Watch.ExcuseArrival();
            host.Drain(false);
        });
    }
}
