using System.Globalization;
using Vigie.Bench.Bare;
using Vigie.Bench.Reporting;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab;
using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;
using Vigie.Lab.Topologies;

namespace Vigie.Bench.Lateness;

/// <summary>How late advertisements leave while a control process on the machine allocates 200 MB/s.</summary>
internal static class LatenessBenchmark
{
    private const string Method =
        "Ten virtual routers at 10 ms on one host. Meanwhile a Vigie control process answers requests whose headers make it allocate 200 MB/s, by its own count: in Vigie's run its own, in keepalived's "
        + "run that of a Vigie on another lab host, so that the machine is equally busy. *On the wire*: by how much two advertisements of a virtual router are further apart than the interval, "
        + "as the kernel of another host saw them. *After the deadline*: Vigie's own histogram over all virtual routers, the difference of two readings, so that what came before the load is not in it. "
        + "*Bare loop*: a process beside it, with the priority and the locked memory of Vigie's node, that waits for a timer every 10 ms and does nothing else: what it is late by, the machine makes "
        + "everything late by. The ten virtual routers are due together, so that both have some 100 wake-ups a second, and p99.99 is about the worst of them: two of these differ by chance, so p99.9 is what is compared. *Stolen*: processor time "
        + "that the machine's own host gave to others.";

    private const int Routers = 10;
    private const double TargetBytesPerSecond = 200e6;
    private const double BoundMicroseconds = 2000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    public static TimeSpan Estimate(BenchmarkOptions options) => 3 * (Duration(options) + TimeSpan.FromSeconds(7));

    public static Section Run(BenchmarkOptions options)
    {
        var section = new Section(
            "Lateness", Method, "program", "control allocates", "collections", "measured", "advertisements", "p50 µs", "p99 µs", "p99.9 µs", "p99.99 µs", "max µs",
            "processor use of the machine", "stolen");
        var duration = Duration(options);
        Measure(section, Contestant.Vigie, duration, loaded: false);
        var (own, bare, rate) = Measure(section, Contestant.Vigie, duration, loaded: true);
        Measure(section, Contestant.Keepalived, duration, loaded: true);
        section.Bound(
            string.Create(CultureInfo.InvariantCulture, $"p99.99 after the deadline at most 2 ms while control allocates 200 MB/s: {own.P9999} µs at {rate / 1e6:0} MB/s")
                + (rate < 0.98 * TargetBytesPerSecond ? ", **which is less than asked for**" : ""),
            own.P9999 <= BoundMicroseconds);
        section.Bound(
            string.Create(CultureInfo.InvariantCulture, $"p99.9 after the deadline at most 2 ms above the bare loop's in the same run: {own.P999} µs, the loop {bare:0} µs"),
            own.P999 <= bare + BoundMicroseconds);
        return section;
    }

    private static TimeSpan Duration(BenchmarkOptions options) => TimeSpan.FromSeconds(options.Quick ? 5 : 45);

    private static ((double P999, double P9999) Own, double BareP999, double Rate) Measure(Section section, Contestant contestant, TimeSpan duration, bool loaded)
    {
        using var lab = new TwoHostsAndClient();
        var program = contestant.Start(lab.Alpha, Setups());
        Condition.WaitFor($"{contestant} to be Active", () => Setups().All(setup => lab.Alpha.Holds(setup.Addresses[0].Address)));
        var loadedDaemon = program.Daemon ?? StartIdle(lab.Beta);
        using var load = loaded ? AllocationLoad.Start(loadedDaemon, TargetBytesPerSecond) : null;
        Thread.Sleep(TimeSpan.FromSeconds(2.5)); // the rate finds its level
        var capture = WireCapture.Start(lab.Client, "proto 112");
        var loop = BareLoopRun.Start(lab.Client, Interval, duration);
        var (before, busyBefore, from) = (loadedDaemon.Status(), ProcessorTime.Read(), LabClock.Now);
        var bare = loop.Lateness(duration + TimeSpan.FromSeconds(30));
        var (after, busyAfter, to) = (loadedDaemon.Status(), ProcessorTime.Read(), LabClock.Now);
        load?.ThrowIfBroken();
        var wire = OnTheWire(capture.Stop().Where(frame => frame.Source == lab.Alpha.Interface("eth0").Mac));

        var seconds = (to - from).TotalSeconds;
        var rate = (AllocationLoad.Allocated(after) - AllocationLoad.Allocated(before)) / seconds;
        var collections = after.ControlProcess!.Collections - before.ControlProcess!.Collections;
        var (machine, stolen) = (busyAfter - busyBefore).Shares(to - from);
        var allocates = loaded ? string.Create(CultureInfo.InvariantCulture, $"{rate / 1e6:0} MB/s") : "idle";
        var own = (P999: double.NaN, P9999: double.NaN);
        section.Row(contestant.Name, allocates, $"{collections}", "on the wire", $"{wire.Count}", Text(wire, 0.5), Text(wire, 0.99), Text(wire, 0.999), Text(wire, 0.9999), Text(wire, 1), machine, stolen);
        if (program.Daemon is not null)
        {
            var difference = new HistogramDifference(before.Lateness, after.Lateness);
            own = (difference.Quantile(0.999), difference.Quantile(0.9999));
            section.Row(
                contestant.Name, allocates, $"{collections}", "after the deadline", $"{difference.Count}", $"{difference.Quantile(0.5)}", $"{difference.Quantile(0.99)}", $"{difference.Quantile(0.999)}",
                $"{own.P9999}", $"{difference.Quantile(1)}", machine, stolen);
        }

        section.Row("bare loop", allocates, "", "after the deadline", $"{bare.Count}", Text(bare, 0.5), Text(bare, 0.99), Text(bare, 0.999), Text(bare, 0.9999), Text(bare, 1), machine, stolen);
        Runner.Say($"{contestant} {allocates}: {wire.Count} advertisements, p99.99 on the wire {Text(wire, 0.9999)} µs, bare loop {Text(bare, 0.9999)} µs");
        return (own, bare[Rank(bare, 0.999)], rate);
    }

    /// <summary>A daemon that takes part in nothing: its only interface does not exist.</summary>
    private static VigieDaemon StartIdle(LabHost host)
    {
        var daemon = VigieDaemon.Start(host, new VirtualRouterSetup { Interface = "none0" });
        daemon.WaitUntilListening();
        return daemon;
    }

    private static IEnumerable<VirtualRouterSetup> Setups() => Enumerable.Range(1, Routers).Select(i => new VirtualRouterSetup
    {
        Name = $"r{i}", Vrid = (byte)i, Priority = 150, Interval = Interval, Addresses = [IpPrefix.Parse($"10.77.0.{100 + i}/24")],
    });

    /// <summary>How many microseconds each advertisement came later after its predecessor than the interval, ascending.</summary>
    private static List<double> OnTheWire(IEnumerable<Lab.Probes.CapturedFrame> frames)
    {
        var last = new Dictionary<byte, Instant>();
        var late = new List<double>();
        foreach (var frame in frames)
        {
            if (Sightings.Advertisement(frame) is not var (vrid, _))
                continue;
            if (last.TryGetValue(vrid, out var before))
                late.Add(Math.Max(0, (frame.At - before - Interval).TotalMicroseconds));
            last[vrid] = frame.At;
        }

        late.Sort();
        return late.Count > 0 ? late : throw new LabException("no advertisement was seen");
    }

    private static string Text(List<double> sorted, double quantile) =>
        sorted[Rank(sorted, quantile)].ToString("0", CultureInfo.InvariantCulture);

    private static int Rank(List<double> sorted, double quantile) => Math.Max(0, (int)Math.Ceiling(quantile * sorted.Count) - 1);
}
