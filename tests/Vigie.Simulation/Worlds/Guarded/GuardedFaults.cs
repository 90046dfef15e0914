using Vigie.Core;

namespace Vigie.Simulation.Worlds.Guarded;

/// <summary>What happens to the processes and hosts of a <see cref="GuardedWorld"/>, and what of it is an excuse.</summary>
internal sealed class GuardedFaults(GuardedWorld world)
{
    private enum Kind
    {
        CrashNode, CrashNode2, CrashLoop, PauseNode, PauseNode2, PauseGuardian, CrashGuardian, PauseAll, Freeze, StallClock, KillAll, PowerCut,
        LinkDown,
    }

    private static readonly Kind[] Kinds = Enum.GetValues<Kind>();

    /// <summary>Puts the faults into the world's queue and returns when it ends.</summary>
    public Instant Schedule()
    {
        var random = world.Random;
        var calm = world.Watch.SettleTime;
        var at = calm + world.Interval;
        while (at < world.Lasting)
        {
            var kind = random.Pick<Kind>(Kinds);
            world.After(at, () => Inject(kind));
            // Most meet a settled world; the others come while it still deals with the last one.
            at += random.Chance(0.7) ? calm + random.Between(calm / 4, 2 * calm) : random.Between(TimeSpan.Zero, 8 * world.Interval);
        }

        return world.Now + at + 3 * calm + TimeSpan.FromSeconds(30);
    }

    private void Inject(Kind kind)
    {
        var random = world.Random;
        var host = world.Hosts[random.Below(world.Hosts.Count)];
        if (random.Chance(0.7))
            host = world.Hosts.FirstOrDefault(h => h.State == Vigie.Core.Election.RouterState.Active) ?? host;
        var lasting = random.Chance(0.5)
            ? random.Between(world.Interval / 4, 4 * world.Interval)
            : random.Between(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(8));
        if (!host.Powered || host.Frozen || host.Leaving)
            return;
        world.Note($"FAULT: {host} {kind} for {lasting.TotalMilliseconds} ms");
        switch (kind)
        {
            case Kind.CrashNode or Kind.CrashNode2:
                CrashNode(host, lasting);
                break;
            case Kind.CrashLoop:
                CrashLoop(host, lasting);
                break;
            case Kind.PauseNode or Kind.PauseNode2:
                PauseNode(host, lasting);
                break;
            case Kind.PauseGuardian:
                PauseGuardian(host, lasting);
                break;
            case Kind.CrashGuardian:
                CrashGuardian(host, lasting);
                break;
            case Kind.PauseAll:
                Excused(lasting, () => PauseAll(host, true), () => PauseAll(host, false));
                break;
            case Kind.Freeze or Kind.StallClock:
                Excused(lasting, host.Freeze, () => host.Thaw(clockRan: kind == Kind.Freeze));
                break;
            case Kind.KillAll:
                Excused(lasting, host.KillAll, () => StartIfNothingRuns(host));
                break;
            case Kind.PowerCut:
                Excused(lasting, host.PowerOff, host.PowerOn);
                break;
            case Kind.LinkDown:
                Excused(lasting, () => host.SetLink(false), () => host.SetLink(true));
                break;
            default:
                throw new InvalidOperationException($"unknown fault {kind}");
        }
    }

    private void Excused(TimeSpan lasting, Action begin, Action end)
    {
        world.Watch.Excuse();
        begin();
        world.After(lasting, () =>
        {
            world.Note("FAULT: over");
            world.Watch.Excuse();
            end();
        });
    }

    /// <summary>The guardian runs and its node is well: it has to cover what comes.</summary>
    private static bool IsGuarded(GuardedHost host) => host is { GuardianRuns: true, NodeRuns: true, NodesFail: false };

    private void CrashNode(GuardedHost host, TimeSpan lasting)
    {
        if (host.Node is null)
            return;
        if (!IsGuarded(host))
            world.Watch.Excuse();
        host.CrashNode();
        if (host.HasGuardian)
            return;
        world.After(lasting, () => StartIfNothingRuns(host));
    }

    private void CrashLoop(GuardedHost host, TimeSpan lasting)
    {
        if (host.Guardian is null || host.NodesFail)
            return;
        Excused(lasting, () =>
        {
            host.NodesFail = true;
            if (host.Node is not null)
                host.CrashNode();
        }, () => host.NodesFail = false);
    }

    private void PauseNode(GuardedHost host, TimeSpan lasting)
    {
        if (host.Node is null || host.NodePaused)
            return;
        var excused = !IsGuarded(host);
        if (excused)
            world.Watch.Excuse();
        host.PauseNode(true);
        var process = host.Process;
        world.After(lasting, () =>
        {
            if (process != host.Process)
                return;
            if (excused || !host.GuardianRuns)
                world.Watch.Excuse();
            host.PauseNode(false);
        });
    }

    private void PauseGuardian(GuardedHost host, TimeSpan lasting)
    {
        if (host.Guardian is null || host.GuardianPaused)
            return;
        if (!IsGuarded(host))
            world.Watch.Excuse();
        host.PauseGuardian(true);
        var process = host.Process;
        world.After(lasting, () =>
        {
            // Whatever happened to the node meanwhile was not covered.
            if (process != host.Process || !host.NodeRuns)
                world.Watch.Excuse();
            host.PauseGuardian(false);
        });
    }

    private void CrashGuardian(GuardedHost host, TimeSpan lasting)
    {
        if (host.Guardian is null)
            return;
        world.Watch.Excuse();
        host.CrashGuardian();
        world.After(lasting + TimeSpan.FromSeconds(1), () => Restart(host, 20));
    }

    // A supervisor waits for what is left of the unit, and then kills it.
    private void Restart(GuardedHost host, int patience)
    {
        if (!host.Powered || host.Guardian is not null)
            return;
        world.Watch.Excuse();
        if (host.Node is not null && patience > 0)
        {
            world.After(TimeSpan.FromSeconds(1), () => Restart(host, patience - 1));
            return;
        }

        host.KillAll();
        host.BeginAll();
    }

    private void StartIfNothingRuns(GuardedHost host)
    {
        if (!host.Powered || host.Frozen || host.Node is not null || host.Guardian is not null)
            return;
        world.Watch.Excuse();
        host.BeginAll();
    }

    private static void PauseAll(GuardedHost host, bool paused)
    {
        var nodeFirst = host.Number % 2 == 0;
        if (nodeFirst)
            host.PauseNode(paused);
        host.PauseGuardian(paused);
        if (!nodeFirst)
            host.PauseNode(paused);
    }
}
