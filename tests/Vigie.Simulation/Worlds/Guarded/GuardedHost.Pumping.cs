using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Node;
using Vigie.Node.Guarding;
using Vigie.Node.Interfaces;

namespace Vigie.Simulation.Worlds.Guarded;

// When the processes of a host run. A node under a guardian wakes ten times a second only to beat its heart, and a guardian as
// often only to see that it does. Of these wake-ups the last one before anything else happens is made, and the others are left
// out. That is the same world (there is a test that compares the two):
//
//   A beat.  ElectionLoop.Step before ElectionLoop.NextDue changes two things: when it was last called, and the heart's word on the
//            board. The next beat overwrites both, and in between nobody reads them: the guardian only at a look that is
//            made, which CatchUp precedes. It returns the same NextDue. For a Backup that is no longer than 1.75 intervals
//            (its patience, and half of what it hears) after its last step the first is not even looked at.
//   A look.  GuardianLoop.Step that returns its own next look, beside a node that runs, has seen a heart that beat less than 100 ms
//            ago and no advertisement overdue. As long as the node runs the next one sees the same: advertisements leave within
//            microseconds of their time. It changes one thing, when it was to look next, and that the next look overwrites.
//            An advertisement that is due is late after half an interval. Where that is not longer than the time to the next look,
//            the guardian wakes for it; hence the shortest interval.
//
// Whatever else happens to a host (a fault, its end, an input for the guardian, a node's start) calls CatchUp first, and looks
// are then made one by one until one has seen nothing again.
internal sealed partial class GuardedHost
{
    /// <summary>Both of what <see cref="ElectionLoop"/> and <see cref="GuardianLoop"/> have as theirs.</summary>
    private static readonly TimeSpan BeatInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>The first one after an incident ends it.</summary>
    private const int LooksUntilIdle = 3;

    /// <summary>What the board keeps for a node to come; here it is given the configuration itself.</summary>
    private static ReadOnlySpan<byte> ConfigurationText => "configuration"u8;

    private const long LongestJitterNanoseconds = 50_000;
    private readonly Queue<Action> _nodeInbox = new();
    private readonly Queue<Action> _guardianInbox = new();
    private readonly ulong _jitterSalt;
    private Instant _nodeWake = Instant.Never;
    private Instant _nodeSteppedAt;
    private Instant _nodeDue = Instant.Never;
    private Instant _nodeBeginsAt = Instant.Never;
    private Instant _guardianWake = Instant.Never;
    private Instant _guardianSteppedAt;
    private int _looksAtNothing;
    private bool _guardianIdles;
    private bool _serves;
    private bool _left;

    /// <summary>Below it an advertisement may become late between two looks of the guardian, so that each one counts.</summary>
    public static TimeSpan ShortestIntervalWithIdleWakes { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>In the world's time, as <see cref="PlanWake"/> has found.</summary>
    public Instant WakesAt { get; private set; } = Instant.Never;

    private bool NodeIdles => Node is not null && Guardian is not null && _world.LeavesOutIdleWakes;

    /// <summary>To be called after everything that may have changed when something is due here.</summary>
    public void PlanWake()
    {
        if (!Powered || Frozen)
        {
            WakesAt = Instant.Never;
            return;
        }

        var next = Instant.Min(Kernel.NextExpiry, _nodeBeginsAt);
        if (NodeRuns)
            next = Instant.Min(next, _nodeWake);
        if (GuardianRuns && !_guardianIdles)
            next = Instant.Min(next, _guardianWake);
        WakesAt = next == Instant.Never ? next : next - _clockAhead + _stalled;
    }

    /// <summary>Whatever is due first.</summary>
    public void Wake()
    {
        var now = LocalNow;
        if (Kernel.NextExpiry <= now)
            Kernel.Expire();
        if (_nodeBeginsAt <= now)
            BeginNode();
        if (GuardianRuns && !_guardianIdles && _guardianWake <= now)
            RunGuardian();
        if (NodeRuns && _nodeWake <= now)
        {
            CatchUpIfLong();
            RunNode();
        }

        PlanWake();
    }

    /// <summary>Makes the last beat and the last look that were left out, so that both processes are as they would be.</summary>
    public void CatchUp()
    {
        CatchUpNode();
        if (!_guardianIdles)
            return;
        _guardianIdles = false;
        _looksAtNothing = 0;
        if (!GuardianRuns)
            return;
        var looked = LastBefore(LocalNow, _guardianSteppedAt);
        if (looked > _guardianSteppedAt)
            StepGuardian(looked);
    }

    private void CatchUpNode()
    {
        if (!NodeIdles || !NodeRuns)
            return;
        // The one at NextDue itself is no beat. Not one step over more than an interval: a Backup would think that it had slept.
        var longest = BeatInterval * (int)(_world.Interval / BeatInterval);
        while (LastBefore(Instant.Min(LocalNow, _nodeDue), _nodeSteppedAt) is var beat && beat > _nodeSteppedAt)
            StepNode(Node!, Instant.Min(beat, _nodeSteppedAt + longest));
    }

    private static Instant LastBefore(Instant now, Instant from) =>
        now <= from ? from : new Instant(now.Nanoseconds - 1 - (now.Nanoseconds - 1 - from.Nanoseconds) % (BeatInterval.Ticks * 100));

    // How late a process is woken follows from what it is woken for, so that it is the same whatever is left out before.
    private Instant Late(Instant wake)
    {
        if (wake == Instant.Never)
            return wake;
        var mixed = ((ulong)wake.Nanoseconds ^ _jitterSalt) * 0x9E37_79B9_7F4A_7C15;
        return new Instant(wake.Nanoseconds + (long)((mixed >> 33) % (LongestJitterNanoseconds / 100)) * 100);
    }

    private TimeSpan StartTime() => _world.Random.Between(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(80));

    private void BeginNode()
    {
        CatchUp();
        _nodeBeginsAt = Instant.Never;
        if (NodesFail)
        {
            CrashNode();
            return;
        }

        EndNode();
        var now = LocalNow;
        Kernel.UnmuteAll();
        _serves = false;
        Node = new ElectionLoop(_config, new NodePort(this), this, this, this);
        if (Guardian is not null)
            Node.Guard(_board);
        Node.StandAside(Drained, _movedAway ? [Config.Name] : []);
        Node.OnLink(now, new LinkReport(Eth0, "eth0", WorldPlan.Mac(Number), Kernel.LinkUp, ForwardsIPv6: false));
        foreach (var standing in Kernel.Standing)
            Node.OnAddress(now, new AddressReport(Eth0, standing.Prefix, standing.Ours, Usable: true));
        Node.Start(now);
        RunNode();
    }

    private void RunNode()
    {
        while (Node is not null && _nodeInbox.TryDequeue(out var input))
            input();
        if (Node is not { } node)
            return;
        StepNode(node, LocalNow);
        TakeVerdicts(node);
        if (!_serves && node.HasTakenUpRoles)
        {
            _serves = true;
            LayBoard(node);
        }

        if (Leaving && !_left && node.HasLeft)
            EndLeave(node);
    }

    private void StepNode(ElectionLoop node, Instant now)
    {
        var next = node.Step(now);
        if (node.FindForgotten() is { } forgotten)
            throw new ViolationException($"{this} would not wake for {forgotten} when it is due");
        _nodeSteppedAt = now;
        _nodeDue = node.NextDue;
        _nodeWake = Late(_nodeDue);
        if (next < _nodeDue && !NodeIdles) // a beat, or a Backup's look whether it has slept
            _nodeWake = Instant.Min(_nodeWake, next);
    }

    private void LayBoard(ElectionLoop node)
    {
        if (Guardian is not null)
            node.LayBoard(ConfigurationText);
    }

    private void EndLeave(ElectionLoop node)
    {
        _left = true;
        node.Shutdown(LocalNow);
        var process = Process;
        _world.After(TimeSpan.FromMilliseconds(100), () =>
        {
            if (process != Process)
                return;
            EndNode();
            EndGuardian();
        });
    }

    private void RunGuardian()
    {
        while (Guardian is not null && _guardianInbox.TryDequeue(out var input))
            input();
        if (Guardian is not null)
            StepGuardian(LocalNow);
    }

    private void StepGuardian(Instant now)
    {
        var next = Guardian!.Step(now);
        var sawNothing = next == now + BeatInterval;
        _guardianSteppedAt = now;
        _guardianWake = sawNothing ? next : Late(next);
        _looksAtNothing = sawNothing && NodeRuns ? _looksAtNothing + 1 : 0;
        _guardianIdles = _looksAtNothing >= LooksUntilIdle && _world.LeavesOutIdleWakes;
    }

    private void ToNode(Action<ElectionLoop, Instant> input)
    {
        if (Node is not { } node)
            return;
        if (NodeRuns)
            CatchUpIfLong();
        _nodeInbox.Enqueue(() => input(node, LocalNow));
        if (NodeRuns)
            RunNode();
    }

    // After a shorter time nothing depends on when the last beat was, and the next step makes up for it.
    private void CatchUpIfLong()
    {
        if (LocalNow - _nodeSteppedAt > _world.Interval)
            CatchUpNode();
    }

    private void ToGuardian(Action<GuardianLoop> input)
    {
        if (Guardian is not { } guardian)
            return;
        CatchUp();
        _guardianInbox.Enqueue(() => input(guardian));
        if (GuardianRuns)
            RunGuardian();
    }
}
