using Vigie.Bench.Announce;
using Vigie.Bench.Codecs;
using Vigie.Bench.Failover;
using Vigie.Bench.Lateness;
using Vigie.Bench.Reporting;
using Vigie.Bench.Scale;
using Vigie.Bench.Start;
using Vigie.Bench.Steady;
using Vigie.Bench.Troubles;

namespace Vigie.Bench;

/// <summary>One benchmark: how it is called, how long it will take about, and what it does.</summary>
internal sealed record Benchmark(string Verb, string Summary, Func<BenchmarkOptions, TimeSpan> Estimate, Func<BenchmarkOptions, Section> Run)
{
    /// <summary>The verb that runs this one, too.</summary>
    public string? PartOf { get; init; }

    /// <summary>In the order in which "all" runs them.</summary>
    public static readonly IReadOnlyList<Benchmark> All =
    [
        new("failover", "what a client loses when the owner stops, dies or is cut off, at 1 s, 100 ms and 10 ms", FailoverBenchmark.Estimate, FailoverBenchmark.Run),
        new("troubles", "the rows of the fault matrix: what a client loses during each, and when it ends", TroubleBenchmark.Estimate, TroubleBenchmark.Run)
        {
            PartOf = "failover",
        },
        new("announce", "1,000 addresses taken over: until the last one is announced", AnnounceBenchmark.Estimate, AnnounceBenchmark.Run),
        new("scale", "processor time, memory and time to Active for 1, 50, 200 and 1,000 virtual routers", ScaleBenchmark.Estimate, ScaleBenchmark.Run),
        new("lateness", "how late advertisements leave while the control process allocates 200 MB/s", LatenessBenchmark.Estimate, LatenessBenchmark.Run),
        new("steady", "takeovers without a reason while both cores are loaded, at 10 ms, for ten minutes", SteadyBenchmark.Estimate, SteadyBenchmark.Run),
        new("start", "from the command to an answer on the socket, and to the first advertisement", StartBenchmark.Estimate, StartBenchmark.Run),
        new("codecs", "nanoseconds and bytes allocated per message", CodecBenchmark.Estimate, CodecBenchmark.Run),
    ];

    /// <summary>Those that a verb runs; none when there is no such verb.</summary>
    public static IReadOnlyList<Benchmark> Of(string? verb) =>
        [.. All.Where(benchmark => verb == "all" || verb == benchmark.Verb || (verb is not null && verb == benchmark.PartOf))];
}
