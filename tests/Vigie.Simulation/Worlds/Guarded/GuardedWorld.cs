using System.Globalization;
using System.Text;
using Vigie.Core;

namespace Vigie.Simulation.Worlds.Guarded;

// Two or three hosts with one virtual router, each with the real guardian, the real node and the board between them:
//
//   host:  GuardianLoop ── starts, kills, covers ──► ElectionLoop        every one of them can die, be stopped, be continued;
//               └────────────── RoleBoard ───────────────┘               the host can freeze, with its clock or without it
//
// A world lasts an hour at 1 s or minutes at 10 ms, and thousands of them are run: what happens at every advertisement allocates
// nothing, and nothing is told in words unless somebody reads it. Worlds with more virtual routers, version 2 and mixed settings
// are in World.cs.

/// <summary>Everything in it follows from the seed.</summary>
internal sealed class GuardedWorld
{
    private readonly EventQueue _queue = new();
    private readonly StringBuilder? _trace;
    private readonly GuardedHost[] _hosts;
    private bool _touched;

    /// <param name="seed">What everything follows from.</param>
    /// <param name="intervalMilliseconds">Of the advertisements.</param>
    /// <param name="lasting">How long the faults go on; the world is left in peace for a while after them.</param>
    /// <param name="traced">Whether everything is told in words.</param>
    /// <param name="everyWake">Processes are woken also when they have nothing to do: see <see cref="GuardedHost.CatchUp"/>.</param>
    public GuardedWorld(ulong seed, int intervalMilliseconds, TimeSpan lasting, bool traced = false, bool everyWake = false)
    {
        Seed = seed;
        Random = new SeededRandom(seed);
        _trace = traced ? new StringBuilder() : null;
        Interval = TimeSpan.FromMilliseconds(intervalMilliseconds);
        Lasting = lasting;
        Families = Random.Pick(4, 4, 6, 46);
        LeavesOutIdleWakes = !everyWake && Interval >= GuardedHost.ShortestIntervalWithIdleWakes;
        Segment = new GuardedSegment(this);
        Client = new GuardedClient(this);
        _hosts = new GuardedHost[2 + Random.Below(2)];
        for (var n = 0; n < _hosts.Length; n++)
            _hosts[n] = new GuardedHost(this, n);
        Watch = new GuardedWatch(this);
    }

    public ulong Seed { get; }

    public SeededRandom Random { get; }

    public TimeSpan Interval { get; }

    public TimeSpan Lasting { get; }

    /// <summary>4, 6 or 46.</summary>
    public int Families { get; }

    public bool LeavesOutIdleWakes { get; }

    public GuardedSegment Segment { get; }

    public GuardedClient Client { get; }

    public ReadOnlySpan<GuardedHost> Hosts => _hosts;

    public GuardedWatch Watch { get; }

    /// <summary>At the end of <see cref="Run"/>: how long the world has lasted.</summary>
    public Instant Now { get; private set; }

    public bool Tracing => _trace is not null;

    public string Trace => _trace?.ToString() ?? "";

    /// <summary>Runs the world to its end; null, or what was violated.</summary>
    public string? Run()
    {
        if (Tracing)
            foreach (var host in _hosts)
                Note($"{host}: priority {host.Config.Priority}, {(host.HasGuardian ? "guarded" : "no guardian")}, preempt {host.Config.Preempt.Enabled}, families {Families}");
        foreach (var host in _hosts)
            After(Random.Between(TimeSpan.Zero, Interval), host.PowerOn);
        var end = new GuardedFaults(this).Schedule();
        Look();
        try
        {
            while (RunNext(end))
            {
                if (!_touched)
                    continue;
                _touched = false;
                Watch.Observe();
            }

            Now = end;
            Watch.Observe();
            Watch.AtTheEnd();
            return null;
        }
        catch (ViolationException violation)
        {
            if (Tracing)
                Note("VIOLATION: " + violation.Message);
            return $"seed {Seed} at {Now}: {violation.Message} ({_hosts.Length} hosts, every {Interval.TotalMilliseconds} ms)";
        }
        finally
        {
            foreach (var host in _hosts)
                host.GiveBack();
        }
    }

    public void After(TimeSpan wait, Action action) => At(Now + (wait < TimeSpan.Zero ? TimeSpan.Zero : wait), new GuardedEvent(null, Act: action));

    public void At(Instant at, in GuardedEvent what) => _queue.Add(at, what);

    /// <summary>Something that is watched has changed.</summary>
    public void Touched() => _touched = true;

    /// <summary>Only when somebody reads it: the text of what is told costs more than the world.</summary>
    public void Note(string what) => _trace?.Append(CultureInfo.InvariantCulture, $"{Now.Nanoseconds / 1e9,12:F6}  {what}\n");

    private bool RunNext(Instant end)
    {
        var next = _queue.NextAt;
        GuardedHost? first = null;
        foreach (var host in _hosts)
        {
            if (host.WakesAt >= next)
                continue;
            next = host.WakesAt;
            first = host;
        }

        if (next > end)
            return false;
        Now = Instant.Max(Now, next);
        if (first is null)
            RunEvent(_queue.Take());
        else
            first.Wake();
        return true;
    }

    private void RunEvent(in GuardedEvent what)
    {
        if (what.Act is { } act)
        {
            act();
            foreach (var host in _hosts)
                host.PlanWake();
        }
        else if (what.Packet is { } packet)
        {
            if (what.Host is { } to)
                to.Receive(packet);
            else
                Client.Receive(packet.Bytes);
            Segment.Received(packet);
        }
        else
        {
            what.Host!.RunKernel();
        }
    }

    // Whoever does nothing at all touches nothing either.
    private void Look()
    {
        Touched();
        After(Interval > TimeSpan.FromSeconds(0.5) ? Interval : TimeSpan.FromSeconds(0.5), Look);
    }
}
