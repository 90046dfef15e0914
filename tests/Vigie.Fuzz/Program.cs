using System.Globalization;
using System.Security.Cryptography;
using Vigie.Fuzz;

// Without `fuzz` this is an ordinary test executable. `fuzz TARGET SECONDS [SEED]` mutates inputs of one target, or of
// `all`, for that long each, and ends with 1 and the input in hex when a target breaks.
if (args is not ["fuzz", ..])
    return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);

if (args is not [_, var name, var secondsText, .. { Length: <= 1 } rest]
    || !double.TryParse(secondsText, CultureInfo.InvariantCulture, out var seconds)
    || !TryReadSeed(rest, out var seed)
    || FuzzTarget.All.Where(t => name == "all" || t.Name == name).ToArray() is not { Length: > 0 } targets)
{
    Console.Error.WriteLine($"usage: fuzz TARGET SECONDS [SEED]   TARGET: all, {string.Join(", ", FuzzTarget.All.Select(t => t.Name))}");
    return 2;
}

foreach (var target in targets)
{
    var run = FuzzRun.Start(target, TimeSpan.FromSeconds(seconds), seed);
    Console.WriteLine(run.Describe());
    if (run.Failure is not null)
        return 1;
}

return 0;

static bool TryReadSeed(string[] rest, out int seed)
{
    seed = RandomNumberGenerator.GetInt32(int.MaxValue);
    return rest.Length == 0 || int.TryParse(rest[0], CultureInfo.InvariantCulture, out seed);
}
