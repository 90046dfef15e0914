using System.Globalization;
using Vigie.Simulation.Worlds;

// With `--seed N` one world is told in full; with `--worlds FROM COUNT` many are tried; otherwise the tests run.
if (args is ["--seed", var seed])
{
    var violation = WorldRunner.Violation(ulong.Parse(seed, CultureInfo.InvariantCulture));
    Console.Write(WorldRunner.Trace(ulong.Parse(seed, CultureInfo.InvariantCulture)));
    Console.WriteLine(violation ?? "no violation");
    return violation is null ? 0 : 1;
}

if (args is ["--worlds", var from, var count])
{
    var failed = 0;
    var first = ulong.Parse(from, CultureInfo.InvariantCulture);
    Parallel.For(0, int.Parse(count, CultureInfo.InvariantCulture), i =>
    {
        if (WorldRunner.Violation(first + (ulong)i) is not { } violation)
            return;
        Interlocked.Increment(ref failed);
        Console.WriteLine(violation);
    });
    Console.WriteLine($"{failed} of {count} worlds were violated");
    return failed == 0 ? 0 : 1;
}

return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
