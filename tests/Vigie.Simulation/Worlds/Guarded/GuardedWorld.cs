using System.Globalization;
using System.Text;
using Vigie.Core;
using Vigie.Core.Net;

namespace Vigie.Simulation.Worlds.Guarded;

// Two or three hosts with one virtual router, each with the real guardian, the real node and the board between them:
//
//   host:  GuardianLoop ── starts, kills, covers ──► ElectionLoop        every one of them can die, be stopped, be continued;
//               └────────────── RoleBoard ───────────────┘               the host can freeze, with its clock or without it
//
// A world lasts an hour at 1 s or a minute at 10 ms; worlds of chance with everything else that goes wrong are in World.cs.

/// <summary>Everything in it follows from the seed.</summary>
internal sealed class GuardedWorld
{
    private readonly PriorityQueue<Action, (long At, long Sequence)> _queue = new();
    private readonly StringBuilder? _trace;
    private long _sequence;
    private bool _touched;

    /// <param name="seed">What everything follows from.</param>
    /// <param name="intervalMilliseconds">Of the advertisements.</param>
    /// <param name="lasting">How long the faults go on; the world is left in peace for a while after them.</param>
    /// <param name="traced">Whether everything is told in words.</param>
    public GuardedWorld(ulong seed, int intervalMilliseconds, TimeSpan lasting, bool traced = false)
    {
        Seed = seed;
        Random = new SeededRandom(seed);
        _trace = traced ? new StringBuilder() : null;
        Interval = TimeSpan.FromMilliseconds(intervalMilliseconds);
        Lasting = lasting;
        Families = Random.Pick(4, 4, 6, 46);
        Hosts = [.. Enumerable.Range(0, 2 + Random.Below(2)).Select(n => new GuardedHost(this, n))];
        Watch = new GuardedWatch(this);
    }

    public ulong Seed { get; }

    public SeededRandom Random { get; }

    public TimeSpan Interval { get; }

    public TimeSpan Lasting { get; }

    /// <summary>4, 6 or 46.</summary>
    public int Families { get; }

    /// <summary>The longest time a packet takes.</summary>
    public static TimeSpan Latency { get; } = TimeSpan.FromMicroseconds(150);

    public IReadOnlyList<GuardedHost> Hosts { get; }

    public GuardedWatch Watch { get; }

    public Instant Now { get; private set; }

    public bool Tracing => _trace is not null;

    public string Trace => _trace?.ToString() ?? "";

    /// <summary>Runs the world to its end; null, or what was violated.</summary>
    public string? Run()
    {
        foreach (var host in Hosts)
            After(Random.Between(TimeSpan.Zero, Interval), host.PowerOn);
        var end = new GuardedFaults(this).Schedule();
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
            Note("VIOLATION: " + violation.Message);
            return $"seed {Seed} at {Now}: {violation.Message} ({Hosts.Count} hosts, every {Interval.TotalMilliseconds} ms)";
        }
    }

    public void After(TimeSpan wait, Action action) =>
        _queue.Enqueue(action, ((Now + (wait < TimeSpan.Zero ? TimeSpan.Zero : wait)).Nanoseconds, _sequence++));

    /// <summary>To every other host's network card, each after its own while, in order between two hosts.</summary>
    public void Multicast(GuardedHost from, IpAddress source, IpAddress destination, byte[] message)
    {
        foreach (var to in Hosts)
            if (to != from)
                After(to.ArrivalOf(from, Random.Between(TimeSpan.FromMicroseconds(10), Latency)), () => to.Receive(source, destination, message));
    }

    /// <summary>Something that is watched has changed.</summary>
    public void Touched() => _touched = true;

    public void Note(string what) => _trace?.Append(CultureInfo.InvariantCulture, $"{Now.Nanoseconds / 1e9,12:F6}  {what}\n");

    private bool RunNext(Instant end)
    {
        var next = _queue.TryPeek(out _, out var key) ? new Instant(key.At) : Instant.Never;
        GuardedHost? first = null;
        foreach (var host in Hosts)
        {
            if (host.WakesAt >= next)
                continue;
            next = host.WakesAt;
            first = host;
        }

        if (next > end)
            return false;
        Now = Instant.Max(Now, next);
        if (first is not null)
            first.Wake();
        else
            _queue.Dequeue()();
        return true;
    }
}
