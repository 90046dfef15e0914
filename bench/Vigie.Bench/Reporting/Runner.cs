using System.Globalization;
using System.Net.Sockets;
using Vigie.Lab;

namespace Vigie.Bench.Reporting;

/// <summary>Runs benchmarks one after the other, prints their tables, and writes them to a file as they come.</summary>
internal static class Runner
{
    // Far above every estimate: only something that hangs gets there. Ending the program takes the lab down.
    private const double LongestOfEstimate = 4;

    private static readonly TimeSpan AtLeast = TimeSpan.FromMinutes(3);

    /// <summary>1 when one of them could not be run; a bound that was missed is a result, not a failure.</summary>
    public static int Run(IReadOnlyList<Benchmark> benchmarks, BenchmarkOptions options)
    {
        var report = new List<string> { Preamble.Text(options) };
        var failed = false;
        var total = benchmarks.Aggregate(TimeSpan.Zero, (sum, benchmark) => sum + benchmark.Estimate(options));
        Say($"{string.Join(", ", benchmarks.Select(benchmark => benchmark.Verb))}: about {Length(total)}");
        foreach (var benchmark in benchmarks)
        {
            var estimate = benchmark.Estimate(options);
            Say($"== {benchmark.Verb}: {benchmark.Summary}; about {Length(estimate)}, until about {DateTime.Now + estimate:HH:mm}");
            var start = LabClock.Now;
            var limit = estimate * LongestOfEstimate + AtLeast;
            using var watchdog = new Timer(_ => GiveUp(benchmark.Verb, limit), null, limit, Timeout.InfiniteTimeSpan);
            string text;
            try
            {
                text = benchmark.Run(options).Markdown();
            }
            catch (Exception e) when (e is LabException or IOException or HttpRequestException or SocketException or TaskCanceledException)
            {
                failed = true;
                text = $"## {benchmark.Verb}\n\nCould not be measured: {e.Message}\n";
            }

            Say($"== {benchmark.Verb} took {Length(LabClock.Now - start)}");
            Console.WriteLine();
            Console.WriteLine(text);
            report.Add(text);
            if (options.Markdown is not null)
                File.WriteAllText(options.Markdown, string.Join('\n', report));
        }

        return failed ? 1 : 0;
    }

    /// <summary>What happens meanwhile; the tables alone go to standard output.</summary>
    public static void Say(FormattableString text) => Say(text.ToString(CultureInfo.InvariantCulture));

    public static void Say(string text) => Console.Error.WriteLine(text);

    private static void GiveUp(string verb, TimeSpan limit)
    {
        Say($"{verb} has not ended after {Length(limit)}: given up");
        Environment.Exit(1);
    }

    private static string Length(TimeSpan time) =>
        time < TimeSpan.FromSeconds(100) ? $"{time.TotalSeconds:0} s" : $"{time.TotalMinutes:0} min";
}
