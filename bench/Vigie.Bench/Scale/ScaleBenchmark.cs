using System.Globalization;
using System.Text;
using Vigie.Lab;

namespace Vigie.Bench.Scale;

/// <summary>
/// What many virtual routers cost: from the command to the last address being there, then processor time of the Active
/// and of the Backup over ten seconds, and resident memory of all processes of the program.
/// </summary>
internal static class ScaleBenchmark
{
    private static readonly TimeSpan Observation = TimeSpan.FromSeconds(10);

    private static readonly (int Routers, TimeSpan Interval)[] Sizes =
    [
        (1, TimeSpan.FromMilliseconds(100)), (50, TimeSpan.FromMilliseconds(100)),
        (200, TimeSpan.FromMilliseconds(100)), (1000, TimeSpan.FromSeconds(1)),
    ];

    public static int Run(BenchmarkOptions options)
    {
        var text = new StringBuilder(
            """
            | routers | interval | program | start to all Active, s | Active: CPU % of a core | Backup: CPU % of a core | Active: resident MB | Backup: resident MB |
            |---|---|---|---|---|---|---|---|

            """);
        foreach (var (routers, interval) in options.Quick ? Sizes[..3] : Sizes)
        foreach (var contestant in Contestant.Both)
        {
            var line = Measure(contestant, routers, interval);
            Console.Error.WriteLine(line);
            text.Append(line).Append('\n');
        }

        options.Publish(text.ToString());
        return 0;
    }

    private static string Measure(Contestant contestant, int routers, TimeSpan interval)
    {
        using var lab = new ScaleLab(routers);
        var start = LabClock.Now;
        var active = contestant.Start(lab.Alpha, ScaleLab.Routers(routers, 1, 150, interval));
        var wanted = routers + lab.Segments;
        Condition.WaitFor($"{contestant} holds {routers} addresses", () =>
            lab.Alpha.Addresses().Count(a => a.Family == Core.Net.IpFamily.IPv4 && !a.IsLoopback) >= wanted, TimeSpan.FromSeconds(60));
        var ready = (LabClock.Now - start).TotalSeconds;
        var backup = contestant.Start(lab.Beta, ScaleLab.Routers(routers, 1, 100, interval));
        // Its start-up work is not what is measured, nor is the burst of announcements, which ends after 5 s.
        Thread.Sleep(TimeSpan.FromSeconds(7));
        var before = (Active: Usage(active), Backup: Usage(backup));
        Thread.Sleep(Observation);
        var after = (Active: Usage(active), Backup: Usage(backup));
        return string.Create(CultureInfo.InvariantCulture,
            $"| {routers} | {interval.TotalMilliseconds} ms | {contestant} | {ready:0.00} | {Percent(before.Active, after.Active):0.0} | {Percent(before.Backup, after.Backup):0.0} | {after.Active.ResidentMegabytes:0} | {after.Backup.ResidentMegabytes:0} |");
    }

    private static ProcessUsage Usage(Contestant.Running running) => ProcessUsage.Of(running.Process.Tree());

    private static double Percent(ProcessUsage before, ProcessUsage after) =>
        100 * (after.CpuSeconds - before.CpuSeconds) / Observation.TotalSeconds;
}
