using System.Diagnostics;
using System.Globalization;
using Vigie.Simulation.Worlds.Guarded;

namespace Vigie.Simulation;

/// <summary>
/// Many hours of worlds with guardians, on every core, for as long as is given or until there are enough of each interval. The parts
/// grow alike, so that a slow machine has less of each.
/// </summary>
internal sealed class VolumeRun(ulong firstSeed, IReadOnlyList<VolumePart> parts, TimeSpan limit)
{
    private const int EnoughViolations = 5;
    private readonly Lock _lock = new();
    private readonly Progress[] _progress = [.. parts.Select(_ => new Progress())];
    private readonly List<string> _violations = [];
    private readonly Stopwatch _watch = new();

    /// <summary>What was violated, each with the command that tells that world again in words.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Cluster-hours that were simulated, and how much of its target that is.</summary>
    public (double Hours, double Share) Done(int part) =>
        (_progress[part].Simulated.TotalHours, _progress[part].Simulated.TotalHours / parts[part].Hours);

    public void Run()
    {
        _watch.Start();
        Parallel.For(0, Environment.ProcessorCount, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, _ =>
        {
            while (Next() is (var part, var seed))
                RunOne(part, seed);
        });
    }

    public override string ToString() => string.Join(", ", parts.Select((part, i) => string.Create(CultureInfo.InvariantCulture,
        $"{Done(i).Hours:F1} of {part.Hours} cluster-hours at {part.IntervalMilliseconds} ms ({_progress[i].Worlds} worlds)")))
        + string.Create(CultureInfo.InvariantCulture, $" in {_watch.Elapsed.TotalSeconds:F0} s on {Environment.ProcessorCount} cores");

    /// <summary>A world of the part that is the furthest behind; null when enough has been done.</summary>
    private (int Part, ulong Seed)? Next()
    {
        lock (_lock)
        {
            if (_watch.Elapsed >= limit || _violations.Count >= EnoughViolations)
                return null;
            var behind = 0;
            for (var i = 1; i < parts.Count; i++)
                if (Begun(i) < Begun(behind))
                    behind = i;
            if (Begun(behind) >= 1)
                return null;
            return (behind, firstSeed + (ulong)_progress[behind].Begun++);
        }
    }

    private double Begun(int part) => _progress[part].Begun * parts[part].SecondsOfWorld / 3600.0 / parts[part].Hours;

    private void RunOne(int index, ulong seed)
    {
        var part = parts[index];
        var world = new GuardedWorld(seed, part.IntervalMilliseconds, TimeSpan.FromSeconds(part.SecondsOfWorld));
        var violation = world.Run();
        lock (_lock)
        {
            _progress[index].Worlds++;
            _progress[index].Simulated += world.Now - Vigie.Core.Instant.Zero;
            if (violation is not null)
                _violations.Add($"{violation}\n  dotnet run -c Release --project tests/Vigie.Simulation -- --guarded {part.IntervalMilliseconds} {part.SecondsOfWorld} {seed}");
        }
    }

    private sealed class Progress
    {
        public int Begun { get; set; }

        public int Worlds { get; set; }

        public TimeSpan Simulated { get; set; }
    }
}
