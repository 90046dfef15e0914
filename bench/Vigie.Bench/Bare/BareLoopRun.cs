using System.Globalization;
using Vigie.Lab;
using Vigie.Lab.Processes;

namespace Vigie.Bench.Bare;

/// <summary>A <see cref="BareLoop"/> beside a measurement: what it found is the machine's own share of any lateness.</summary>
internal sealed class BareLoopRun
{
    private readonly LabProcess _process;

    private BareLoopRun(LabProcess process) => _process = process;

    /// <summary>Returns when it measures; it ends by itself after the time.</summary>
    public static BareLoopRun Start(LabHost host, TimeSpan interval, TimeSpan duration)
    {
        var process = host.Start(
            Environment.ProcessPath ?? "dotnet",
            [
                typeof(BareLoopRun).Assembly.Location, BareLoop.Verb, interval.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture),
                ((int)(duration / interval)).ToString(CultureInfo.InvariantCulture),
            ],
            // One compilation at the beginning, none while it measures.
            new Dictionary<string, string> { ["DOTNET_TieredCompilation"] = "0" });
        process.WaitForLine(line => line == "measuring");
        return new BareLoopRun(process);
    }

    /// <summary>How late each wake-up was, in microseconds, ascending.</summary>
    public List<double> Lateness(TimeSpan patience)
    {
        _process.WaitForLine(line => line == "done", patience);
        var line = _process.Lines.SkipWhile(text => text != "measuring").Skip(1).First();
        return [.. line.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).Order()];
    }
}
