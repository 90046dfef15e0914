using System.Globalization;
using Vigie.Bench.Reporting;
using Vigie.Core.Net;
using Vigie.Lab;

namespace Vigie.Bench.Scale;

/// <summary>
/// What many virtual routers cost: from the command to the last address being there, then processor time of the Active
/// and of the Backup, and resident memory of all processes of the program.
/// </summary>
internal static class ScaleBenchmark
{
    private const string Method =
        "Two hosts, one IPv4 address per virtual router, at most 250 virtual routers on an interface. *To Active*: from the command to the last address being there, with priority 150 and nobody else "
        + "to hear. Then the second host starts as Backup; 7 s later, when start-up work and announcements are over, processor time is taken from the kernel's accounting of all processes "
        + "and threads of the program. Resident memory is the sum over its processes, shared pages counted in each.";

    private const int Judged = 200;
    private const double BoundMegabytes = 80;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(7);

    private static readonly (int Routers, TimeSpan Interval)[] Sizes =
    [
        (1, TimeSpan.FromMilliseconds(100)), (50, TimeSpan.FromMilliseconds(100)),
        (200, TimeSpan.FromMilliseconds(100)), (1000, TimeSpan.FromSeconds(1)),
    ];

    public static TimeSpan Estimate(BenchmarkOptions options) =>
        2 * options.Repeat(1) * SizesFor(options).Length * (Settling + Observation(options) + TimeSpan.FromSeconds(6));

    public static Section Run(BenchmarkOptions options)
    {
        var section = new Section(
            "Scale", Method, "routers", "interval", "program", "to Active, s", "Active: CPU % of a core", "Backup: CPU % of a core", "Active: resident MB", "Backup: resident MB");
        var cost = new Dictionary<(int, Contestant), Cost>();
        foreach (var (routers, interval) in SizesFor(options))
        {
            for (var run = 0; run < options.Repeat(1); run++)
            {
                foreach (var contestant in Contestant.InTurns(run))
                {
                    var measured = Measure(contestant, routers, interval, Observation(options));
                    cost[(routers, contestant)] = measured;
                    section.Row(
                        $"{routers}", string.Create(CultureInfo.InvariantCulture, $"{interval.TotalMilliseconds} ms"), contestant.Name, Samples.Text(measured.SecondsToActive),
                        Samples.Text(measured.ActivePercent), Samples.Text(measured.BackupPercent), Samples.Text(measured.ActiveMegabytes), Samples.Text(measured.BackupMegabytes));
                    Runner.Say($"{routers} x {interval.TotalMilliseconds} ms {contestant}: {measured}");
                }
            }
        }

        var (vigie, peer) = (cost[(Judged, Contestant.Vigie)], cost[(Judged, Contestant.Keepalived)]);
        section.Bound($"200 virtual routers at 100 ms, Active: processor time at most keepalived's, {Samples.Text(vigie.ActivePercent)} against {Samples.Text(peer.ActivePercent)} %", vigie.ActivePercent <= peer.ActivePercent);
        section.Bound($"the same as Backup: {Samples.Text(vigie.BackupPercent)} against {Samples.Text(peer.BackupPercent)} %", vigie.BackupPercent <= peer.BackupPercent);
        var megabytes = Math.Max(vigie.ActiveMegabytes, vigie.BackupMegabytes);
        section.Bound($"200 virtual routers: all processes together below 80 MB resident, measured {Samples.Text(megabytes)} MB", megabytes < BoundMegabytes);
        return section;
    }

    private static (int Routers, TimeSpan Interval)[] SizesFor(BenchmarkOptions options) => options.Quick ? [Sizes[2]] : Sizes;

    private static TimeSpan Observation(BenchmarkOptions options) => TimeSpan.FromSeconds(options.Quick ? 5 : 20);

    private static Cost Measure(Contestant contestant, int routers, TimeSpan interval, TimeSpan observation)
    {
        using var lab = new ScaleLab(routers);
        var start = LabClock.Now;
        var active = contestant.Start(lab.Alpha, ScaleLab.Routers(routers, 1, 150, interval));
        var wanted = routers + lab.Segments;
        // Looking costs processor time, too, and more with more addresses.
        Condition.WaitFor($"{contestant} holds {routers} addresses", () =>
            lab.Alpha.Addresses().Count(a => a.Family == IpFamily.IPv4 && !a.IsLoopback) >= wanted, TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(20));
        var ready = (LabClock.Now - start).TotalSeconds;
        var backup = contestant.Start(lab.Beta, ScaleLab.Routers(routers, 1, 100, interval));
        Thread.Sleep(Settling);
        var before = (Active: Usage(active), Backup: Usage(backup), At: LabClock.Now);
        Thread.Sleep(observation);
        var after = (Active: Usage(active), Backup: Usage(backup), At: LabClock.Now);
        if (lab.Beta.Addresses().Count(a => a.Family == IpFamily.IPv4 && !a.IsLoopback) != lab.Segments)
            throw new LabException($"{contestant}: the Backup holds addresses, so what was measured is not a Backup");
        var seconds = (after.At - before.At).TotalSeconds;
        return new Cost(
            ready, 100 * (after.Active.CpuSeconds - before.Active.CpuSeconds) / seconds, 100 * (after.Backup.CpuSeconds - before.Backup.CpuSeconds) / seconds,
            after.Active.ResidentMegabytes, after.Backup.ResidentMegabytes);
    }

    private static ProcessUsage Usage(Contestant.Running running) => ProcessUsage.Of(running.Process.Tree());

    private sealed record Cost(double SecondsToActive, double ActivePercent, double BackupPercent, double ActiveMegabytes, double BackupMegabytes)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture,
            $"Active after {SecondsToActive:0.00} s, CPU {ActivePercent:0.0} % and {BackupPercent:0.0} %, {ActiveMegabytes:0} and {BackupMegabytes:0} MB");
    }
}
