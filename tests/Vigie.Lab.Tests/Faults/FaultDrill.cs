using Vigie.Contract;
using Vigie.Core;
using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;
using Vigie.Lab.Tests.Scenes;

namespace Vigie.Lab.Tests.Faults;

/// <summary>
/// One run of one cell: two or three hosts, alpha the owner, a client that asks both families each millisecond, and
/// somebody who watches the hosts' own addresses. The fault comes, and goes, and in the end alpha alone must hold the VIP.
/// </summary>
internal sealed class FaultDrill : IDisposable
{
    /// <summary>A busy machine is no fault of the product: only what is this far above a bound is one.</summary>
    private const int Slack = 10;

    /// <summary>Far above every healthy time: only what never comes reaches it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private readonly FaultCell _cell;
    private readonly FaultBounds _bounds;

    private FaultDrill(FaultCell cell)
    {
        _cell = cell;
        _bounds = FaultBounds.Of(cell);
        Scene = new VipScene(new VirtualRouterSetup { Interval = Interval });
    }

    public TimeSpan Interval => TimeSpan.FromMilliseconds(_cell.Interval);

    public VipScene Scene { get; }

    /// <summary>The daemon on alpha; another one after a restart.</summary>
    public VigieDaemon Alpha { get; set; } = null!;

    private VigieDaemon Beta { get; set; } = null!;

    public static FaultOutcome Run(FaultCell cell)
    {
        try
        {
            using var drill = new FaultDrill(cell);
            return drill.Run();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return new FaultOutcome(cell) { Failure = exception.ToString() };
        }
    }

    /// <summary>Waits until the client is served by this host, over both families.</summary>
    public void WaitUntilServedBy(LabHost host) => Scene.WaitUntilServedBy(host, Patience);

    /// <summary>Waits for something that must come.</summary>
    public static void WaitFor(string what, Func<bool> isTrue, Func<int, string>? explain = null) =>
        Condition.WaitFor(what, isTrue, Patience, explain: explain is null ? null : () => explain(30));

    /// <summary>Lets so many advertisements of whoever it is be heard: the measure of time in which nothing is to happen.</summary>
    public void Hear(int advertisements) => Scene.Ear.WaitFor("advertisement", advertisements, _ => true, Patience);

    public void Dispose() => Scene.Dispose();

    private FaultOutcome Run()
    {
        using var act = FaultAct.Of(_cell.Fault, this);
        Alpha = act.StartAlpha();
        Alpha.WaitForState(Scene.Setup.Name, VirtualRouterState.Active, Patience);
        Beta = Scene.Start(Scene.Beta, 100);
        Beta.WaitUntilFollowing(Scene.Setup.Name, Patience);
        if (_cell.Hosts == 3)
            Scene.Start(Scene.Gamma, 50).WaitUntilFollowing(Scene.Setup.Name, Patience);
        Scene.Probe();
        WaitUntilServedBy(Scene.Alpha);
        var watch = RealAddressWatch.Start(Scene.Client, Scene.Competitors);
        watch.WaitForRounds(1);
        var before = Beta.TryRouter(Scene.Setup.Name)!.Transitions;

        if (act.CutsOff)
            watch.Excuse(Scene.Alpha);
        var struck = LabClock.Now;
        act.Strike();
        if (_bounds.Moves)
            WaitUntilServedBy(Scene.Beta);
        TimeSpan? stale = act.LeavesStaleAddresses ? WaitForRemoval(struck) : null;
        var steps = Beta.TryRouter(Scene.Setup.Name)!.Transitions - before;

        var silence = MeasureSilence(struck);

        var undone = LabClock.Now;
        act.Undo();
        Alpha.WaitForState(Scene.Setup.Name, VirtualRouterState.Active, Patience);
        WaitUntilServedBy(Scene.Alpha);
        watch.Expect(Scene.Alpha);
        var settled = LabClock.Now;
        AssertSettled();
        watch.WaitForRounds(1, Patience);

        var outcome = Judge(struck, undone, settled) with { Stale = stale, Silence = silence, BetaTransitions = steps };
        var problems = watch.Problems.Length > 0 ? "real addresses: " + string.Join("; ", watch.Problems) : null;
        return outcome with { Failure = outcome.Failure ?? problems ?? JudgeSteps(steps) ?? JudgeStale(stale) ?? JudgeSilence(silence) ?? JudgeWire(struck, undone) };
    }

    private TimeSpan WaitForRemoval(Instant struck)
    {
        WaitFor("the kernel to remove alpha's VIPs", () => !Scene.Alpha.Addresses().Any(Scene.Vips.Contains));
        return LabClock.Now - struck;
    }

    /// <summary>
    /// The longest time between two advertisements of alpha, the last one before the fault included; where alpha is to be
    /// followed by another, the time until that one's first.
    /// </summary>
    private TimeSpan? MeasureSilence(Instant struck)
    {
        if (FaultBounds.Silence(_cell) is null)
            return null;
        var speaker = (_bounds.Moves ? Scene.Beta : Scene.Alpha).Interface(Scene.Setup.Interface).Mac;
        var longest = TimeSpan.Zero;
        foreach (var family in Scene.Vips.Select(vip => vip.Family))
        {
            var heard = Scene.Ear.Advertisements.Where(advertisement => advertisement.Mac == speaker && advertisement.Family == family).ToArray();
            var last = _bounds.Moves ? struck : heard.Last(advertisement => advertisement.At < struck).At;
            foreach (var advertisement in heard.Where(advertisement => advertisement.At >= struck))
            {
                longest = Max(longest, advertisement.At - last);
                if (_bounds.Moves)
                    break;
                last = advertisement.At;
            }
        }

        return longest;
    }

    // Whoever has just yielded may still be removing addresses, and may have an advertisement on its way.
    private void AssertSettled()
    {
        WaitFor("alpha alone to hold the VIPs", () => Scene.Vips.All(Scene.Alpha.Holds)
            && !Scene.Beta.Addresses().Any(Scene.Vips.Contains) && !Scene.Gamma.Addresses().Any(Scene.Vips.Contains));
        Hear(1);
        Scene.AssertOnlyOwner(Scene.Alpha, _cell.Interval == 1000 ? 2 : 10);
    }

    private FaultOutcome Judge(Instant struck, Instant undone, Instant settled)
    {
        var outcome = new FaultOutcome(_cell);
        foreach (var probe in Scene.Probes)
        {
            var seen = probe.Snapshot();
            if (seen.LongestGap(struck, undone) is not { } fault || seen.LongestGap(undone, settled) is not { } end)
                return outcome with { Failure = $"no answers: {seen}" };
            if (fault.Length > outcome.Outage)
                outcome = outcome with { Outage = fault.Length, OutageStall = fault.LongestStall };
            if (end.Length > outcome.Return)
                outcome = outcome with { Return = end.Length, ReturnStall = end.LongestStall };
            outcome = outcome with
            {
                Failure = outcome.Failure ?? Excess("while it lasted", fault, _bounds.Outage, seen) ?? Excess("after its end", end, _bounds.Return, seen)
                    ?? (MayAnswerTwice || seen.TwoOwnerMoments(TimeSpan.FromMilliseconds(50)) == 0 ? null : $"two hosts answered at once: {seen}"),
                Lost = Math.Max(outcome.Lost, fault.Lost),
                LostInReturn = Math.Max(outcome.LostInReturn, end.Lost),
            };
        }

        return outcome;
    }

    /// <summary>
    /// Two hosts cannot but hold the VIP for a while, as the one cannot be told of the other; or (the storm) one is stopped
    /// so soon after it came that its visit looks like an answer out of turn.
    /// </summary>
    private bool MayAnswerTwice => _cell.Fault is Fault.RestartStorm or Fault.EverythingKilled or Fault.EverythingStopped or Fault.HostPaused or Fault.OneWayLoss
        or Fault.Lossy or Fault.Partition;

    private string? Excess(string when, ProbeGap gap, TimeSpan? bound, UdpProbeResult seen)
    {
        if (bound is not { } limit)
            return null;
        // At 10 ms, a machine that stalls for 30 ms rightly costs the role, and that is a failover like any other.
        var stalled = _cell.Interval < 100 ? 4 * Interval : TimeSpan.Zero;
        return gap.Length <= Slack * Max(limit, stalled) + 2 * gap.LongestStall ? null
            : $"{when} the client waited {gap.Length.TotalMilliseconds:0.0} ms, the bound is {limit.TotalMilliseconds:0.0} ms: {gap}; {seen}";
    }

    private string? JudgeSteps(long steps) =>
        _bounds.Moves || _bounds.Outage is null || _cell.Interval < 100 || steps == 0 ? null : $"beta changed its state {steps} times for nothing; alpha says:\n{Alpha.Process.Tail()}";

    private string? JudgeStale(TimeSpan? stale) =>
        stale is not { } time || time <= FaultBounds.Stale(_cell) + TimeSpan.FromSeconds(5) ? null
            : $"the VIP stayed for {time.TotalSeconds:0.0} s on a host on which nothing of ours was alive";

    private string? JudgeSilence(TimeSpan? silence) =>
        silence is not { } time || time <= Slack * FaultBounds.Silence(_cell) ? null
            : $"nothing was advertised for {time.TotalMilliseconds:0} ms, the bound is {FaultBounds.Silence(_cell)!.Value.TotalMilliseconds:0} ms";

    /// <summary>
    /// On the wire: where alpha is to keep the role, it alone speaks, from the beginning until everything has settled; and whoever
    /// comes back never speaks beside the other one for longer than an interval. (Two who are cut off from each other cannot but
    /// do so.)
    /// </summary>
    private string? JudgeWire(Instant struck, Instant undone)
    {
        if (_cell.Fault is Fault.Lossy or Fault.Partition or Fault.OneWayLoss or Fault.RestartStorm)
            return null;
        var owner = Scene.Alpha.Interface(Scene.Setup.Interface).Mac;
        var heard = Scene.Ear.Since(struck).Where(advertisement => !advertisement.IsResignation).ToArray();
        if (!_bounds.Moves)
        {
            // Below, a machine that stalls for 30 ms rightly costs the role: see JudgeSteps.
            return _cell.Interval >= 100 && heard.FirstOrDefault(advertisement => advertisement.Mac != owner) is { } second ? $"another host advertised as well: {second}" : null;
        }

        var back = heard.FirstOrDefault(advertisement => advertisement.At >= undone && advertisement.Mac == owner);
        var rival = heard.LastOrDefault(advertisement => advertisement.Mac != owner);
        if (back is null || rival is null || rival.At - back.At <= Interval + Slack * FaultBounds.AfterPause)
            return null;
        return $"alpha and another host both advertised for {(rival.At - back.At).TotalMilliseconds:0.0} ms after the end";
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
