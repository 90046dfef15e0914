using Vigie.Node.Guarding;

namespace Vigie.Simulation.Worlds.Guarded;

// What happens to processes and whole hosts.
internal sealed partial class GuardedFaults
{
    private void InjectIntoProcesses(Kind kind, GuardedHost host, TimeSpan lasting)
    {
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
                Departs(host, lasting, host.KillAll, () => StartIfNothingRuns(host));
                break;
            case Kind.PowerCut:
                Departs(host, lasting, host.PowerOff, host.PowerOn);
                break;
            case Kind.Terminate or Kind.Terminate2:
                Terminate(host, lasting);
                break;
            default:
                throw new InvalidOperationException($"unknown fault {kind}");
        }
    }

    /// <summary>The guardian runs and its node is well: it has to cover what comes.</summary>
    private static bool IsGuarded(GuardedHost host) => host is { GuardianRuns: true, NodeRuns: true, NodesFail: false };

    private void Departs(GuardedHost host, TimeSpan lasting, Action begin, Action end)
    {
        world.Watch.ExpectSuccessor(host, resigns: false);
        world.Watch.ExcuseDeparture();
        begin();
        Afterwards(lasting, () =>
        {
            world.Watch.Excuse();
            end();
        });
    }

    private void CrashNode(GuardedHost host, TimeSpan lasting)
    {
        if (host.Node is null)
            return;
        if (!IsGuarded(host))
            world.Watch.Excuse();
        host.CrashNode();
        if (host.HasGuardian)
            return;
        Afterwards(lasting, () => StartIfNothingRuns(host));
    }

    /// <summary>The role is kept for five seconds, and then given up; if the node can start again earlier may depend on its back-off.</summary>
    private void CrashLoop(GuardedHost host, TimeSpan lasting)
    {
        if (host.Guardian is null || host.NodesFail)
            return;
        if (!IsGuarded(host) || !world.Watch.IsAlone)
            world.Watch.Excuse();
        host.NodesFail = true;
        if (host.Node is not null)
            host.CrashNode();
        world.After(GuardianLoop.LongestCover - TimeSpan.FromMilliseconds(1), world.Watch.Excuse);
        Afterwards(lasting, () => host.NodesFail = false);
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
        Afterwards(lasting, () =>
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
        Afterwards(lasting, () =>
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
        if (!host.NodeRuns)
            world.Watch.Excuse();
        world.Watch.ExpectSuccessor(host, resigns: true);
        world.Watch.ExcuseLeave(host);
        host.CrashGuardian();
        Afterwards(lasting + TimeSpan.FromSeconds(1), () => Restart(host, 20));
    }

    private void Terminate(GuardedHost host, TimeSpan lasting)
    {
        if (!host.NodeRuns || (host.HasGuardian && !IsGuarded(host)))
            return;
        world.Watch.ExpectSuccessor(host, resigns: true);
        world.Watch.ExcuseLeave(host);
        host.Terminate();
        Afterwards(lasting + TimeSpan.FromSeconds(1), () => Restart(host, 20));
    }

    // A supervisor waits for what is left of the unit, and then kills it.
    private void Restart(GuardedHost host, int patience)
    {
        if (!host.Powered || (host.Guardian is not null && !host.Leaving))
            return;
        if (host.Node is not null && patience > 0)
        {
            world.After(TimeSpan.FromSeconds(1), () => Restart(host, patience - 1));
            return;
        }

        if (host.Node is not null || host.Frozen)
            world.Watch.Excuse();
        host.KillAll();
        host.BeginAll();
    }

    private void StartIfNothingRuns(GuardedHost host)
    {
        if (!host.Powered || host.Node is not null || host.Guardian is not null)
            return;
        if (host.Frozen)
        {
            world.After(TimeSpan.FromSeconds(1), () => StartIfNothingRuns(host));
            return;
        }

        world.Watch.ExcuseArrival();
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
