using System.Globalization;
using Vigie.Simulation;
using Vigie.Simulation.Worlds;

// With `--seed N` one world is told in full; with `--worlds FROM COUNT` many are tried; with
// `--directed NAME N` a world whose course is written down is told; otherwise the tests run. A fault's
// name at the end makes it the only one. `--guarded MILLISECONDS SECONDS N` tells a world with guardians, with a count at
// the end it tries that many; `--guarded-awake` tells it with every wake-up made. `--volume SECONDS SEED` runs many hours of such worlds from a seed on.
if (args is ["--seed", var seed, ..] and { Length: 2 or 3 })
{
    var number = ulong.Parse(seed, CultureInfo.InvariantCulture);
    var fault = args.ElementAtOrDefault(2);
    var violation = WorldRunner.Violation(number, fault);
    Console.Write(WorldRunner.Trace(number, fault));
    Console.WriteLine(violation ?? "no violation");
    return violation is null ? 0 : 1;
}

if (args is ["--directed", var name, var of])
{
    Console.Write(WorldRunner.TraceOfDirected(ulong.Parse(of, CultureInfo.InvariantCulture), name));
    return 0;
}

if (args is ["--volume", var limit, var firstSeed])
{
    var run = new VolumeRun(
        ulong.Parse(firstSeed, CultureInfo.InvariantCulture), VolumePart.All, TimeSpan.FromSeconds(int.Parse(limit, CultureInfo.InvariantCulture)));
    run.Run();
    foreach (var violation in run.Violations)
        Console.WriteLine(violation);
    Console.WriteLine(run);
    return run.Violations.Count == 0 ? 0 : 1;
}

if (args is ["--guarded" or "--guarded-awake", var milliseconds, var lasting, var begin, ..] and { Length: 4 or 5 })
{
    int interval = int.Parse(milliseconds, CultureInfo.InvariantCulture), seconds = int.Parse(lasting, CultureInfo.InvariantCulture);
    var number = ulong.Parse(begin, CultureInfo.InvariantCulture);
    if (args.Length == 4)
    {
        Console.Write(WorldRunner.TraceOfGuarded(number, interval, seconds, everyWake: args[0] == "--guarded-awake"));
        return 0;
    }

    var broken = 0;
    Parallel.For(0, int.Parse(args[4], CultureInfo.InvariantCulture), i =>
    {
        if (WorldRunner.ViolationInGuarded(number + (ulong)i, interval, seconds) is not { } violation)
            return;
        Interlocked.Increment(ref broken);
        Console.WriteLine(violation);
    });
    Console.WriteLine($"{broken} of {args[4]} worlds were violated");
    return broken == 0 ? 0 : 1;
}

if (args is ["--worlds", var from, var count, ..] and { Length: 3 or 4 })
{
    var fault = args.ElementAtOrDefault(3);
    var failed = 0;
    var first = ulong.Parse(from, CultureInfo.InvariantCulture);
    Parallel.For(0, int.Parse(count, CultureInfo.InvariantCulture), i =>
    {
        if (WorldRunner.Violation(first + (ulong)i, fault) is not { } violation)
            return;
        Interlocked.Increment(ref failed);
        Console.WriteLine(violation);
    });
    Console.WriteLine($"{failed} of {count} worlds were violated");
    return failed == 0 ? 0 : 1;
}

return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
