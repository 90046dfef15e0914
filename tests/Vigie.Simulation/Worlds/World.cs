using System.Globalization;
using System.Text;
using Vigie.Core;

namespace Vigie.Simulation.Worlds;

// One world: hosts and a client on a segment, one queue of events in virtual time, faults, and checkers that look on.
//
//   seed ──► WorldPlan ──► hosts (real ElectionLoop on simulated ports) ──┐
//     └────► Faults ──────────────────────────────────────────────────────┤──► Checkers: a violation ends the world
//                                segment ◄────────────────────────────────┘

/// <summary>Everything in it follows from the seed; nothing else has any influence.</summary>
internal sealed class World
{
    /// <summary>The client's number where a packet's receiver is named.</summary>
    public const int Client = -1;

    /// <summary>The stranger's.</summary>
    public const int Stranger = -2;

    private readonly PriorityQueue<Action<Instant>, (long At, long Sequence)> _queue = new();
    private readonly StringBuilder? _trace;
    private readonly DirectedWorld? _directed;
    private readonly List<(SimulatedHost Host, Action<Instant> Then)> _whenAdvertised = [];
    private long _sequence;
    private bool _touched;

    /// <param name="seed">What everything that is left to chance follows from.</param>
    /// <param name="fault">The only kind of fault by name; null for all kinds.</param>
    /// <param name="directed">A course of events instead of faults by chance.</param>
    /// <param name="traced">Whether everything is told in words.</param>
    public World(ulong seed, string? fault = null, DirectedWorld? directed = null, bool traced = false)
    {
        Seed = seed;
        Random = new SeededRandom(seed);
        _trace = traced ? new StringBuilder() : null;
        _directed = directed;
        Plan = directed is null ? WorldPlan.Make(Random) : WorldPlan.Make(Random, directed);
        Segment = new SimulatedSegment(this);
        TheClient = new SimulatedClient(this);
        TheStranger = new SimulatedStranger(this);
        Hosts = [.. Enumerable.Range(0, Plan.Hosts).Select(n => new SimulatedHost(this, n))];
        Checkers = new Checkers(this);
        Faults = new Faults(this, fault);
    }

    public ulong Seed { get; }

    public SeededRandom Random { get; }

    public WorldPlan Plan { get; }

    public SimulatedSegment Segment { get; }

    public SimulatedClient TheClient { get; }

    public SimulatedStranger TheStranger { get; }

    public IReadOnlyList<SimulatedHost> Hosts { get; }

    public Checkers Checkers { get; }

    public Faults Faults { get; }

    public Instant Now { get; private set; } = Instant.Zero;

    public bool Tracing => _trace is not null;

    public long Events { get; private set; }

    public string Trace => _trace?.ToString() ?? "";

    /// <summary>Runs the world to its end; null, or what was violated.</summary>
    public string? Run()
    {
        Note(Plan.ToString());
        foreach (var host in Hosts)
        {
            if (Tracing)
                foreach (var router in host.Config.VirtualRouters)
                    Note(host, $"{router.Name}: priority {router.Priority}, {router.Addresses.Length} addresses, every {router.AdvertisementInterval.TotalMilliseconds} ms, preempt {router.Preempt}");
            After(Random.Between(TimeSpan.Zero, Plan.Interval), _ => Faults.TurnOn(host));
        }

        var end = _directed?.Schedule(this) ?? Faults.Schedule();
        try
        {
            while (_queue.TryPeek(out var action, out var key) && key.At <= end.Nanoseconds)
            {
                _queue.Dequeue();
                Now = new Instant(key.At);
                Events++;
                action(Now);
                if (!_touched)
                    continue;
                _touched = false;
                Checkers.Observe();
            }

            Now = end;
            Checkers.Observe();
            Checkers.AtTheEnd();
            return null;
        }
        catch (ViolationException violation)
        {
            Note("VIOLATION: " + violation.Message);
            return $"seed {Seed} at {Now}: {violation.Message} ({Plan})";
        }
    }

    public void At(Instant at, Action<Instant> action) =>
        _queue.Enqueue(action, (Math.Max(at.Nanoseconds, Now.Nanoseconds), _sequence++));

    public void After(TimeSpan wait, Action<Instant> action) => At(Now + wait, action);

    /// <summary>Once, when the host advertises the next time.</summary>
    public void WhenAdvertised(SimulatedHost host, Action<Instant> then) => _whenAdvertised.Add((host, then));

    /// <summary>The host has advertised.</summary>
    public void Advertised(SimulatedHost host)
    {
        for (var i = _whenAdvertised.Count - 1; i >= 0; i--)
        {
            if (_whenAdvertised[i].Host != host)
                continue;
            At(Now, _whenAdvertised[i].Then);
            _whenAdvertised.RemoveAt(i);
        }
    }

    /// <summary>Something that the checkers look at has changed.</summary>
    public void Touched() => _touched = true;

    public void Note(SimulatedHost host, string what) => Note($"{host}: {what}");

    public void Note(string what) =>
        _trace?.Append(CultureInfo.InvariantCulture, $"{Now.Nanoseconds / 1e9,12:F6}  {what}\n");
}
