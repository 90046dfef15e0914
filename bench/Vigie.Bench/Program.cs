using Vigie.Bench;
using Vigie.Bench.Bare;
using Vigie.Bench.Reporting;

// ./bench.sh runs this: one benchmark per verb, each side by side with a peer in one run where there is a peer.
if (args.FirstOrDefault() == BareLoop.Verb)
    return BareLoop.Run(args);
var chosen = Benchmark.Of(args.FirstOrDefault());
return chosen.Count > 0 && BenchmarkOptions.Parse(args) is { } options ? Runner.Run(chosen, options) : Usage();

static int Usage()
{
    Console.Error.WriteLine("usage: ./bench.sh VERB [--quick] [--runs N] [--minutes N] [--markdown FILE]");
    Console.Error.WriteLine();
    foreach (var benchmark in Benchmark.All)
        Console.Error.WriteLine($"  {benchmark.Verb,-10} {benchmark.Summary}{(benchmark.PartOf is { } verb ? $" (part of {verb})" : "")}");
    Console.Error.WriteLine("  all        all of them, one after the other");
    Console.Error.WriteLine();
    Console.Error.WriteLine("  --quick          a few short runs, to see that it works");
    Console.Error.WriteLine("  --runs N         repetitions of each measurement, 1 to 100");
    Console.Error.WriteLine("  --minutes N      how long steady watches, 1 to 12; 10 by default");
    Console.Error.WriteLine("  --markdown FILE  writes the tables there too, with the machine, the date and the versions");
    return 2;
}
