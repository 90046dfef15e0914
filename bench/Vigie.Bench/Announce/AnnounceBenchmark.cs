using Vigie.Bench.Failover;
using Vigie.Bench.Reporting;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab;
using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;

namespace Vigie.Bench.Announce;

/// <summary>
/// A thousand addresses change hands: how long after the new owner's first advertisement, and after the fault, the last
/// of them has been announced, as the network of a client saw it.
/// </summary>
internal static class AnnounceBenchmark
{
    private const string Method =
        "1,000 addresses on one interface, IPv4 as 5 virtual routers of 200, IPv6 as 20 of 50 (more do not fit an advertisement), advertised every 100 ms. The owner resigns "
        + "(SIGTERM) or is cut off and killed (power cut). Times are those at which the client's kernel saw the frames: from the new owner's first advertisement to the last address' "
        + "first gratuitous ARP or neighbour advertisement, and from the fault to the same. A run in which the Backup took over too early for the fault to be the reason is repeated, at most twice, and counted. Both programs log every event; *Vigie* is with the JSON log. After SIGTERM the old owner "
        + "removes its thousand addresses in the same moment, and the hosts of the lab share one kernel and its locks, which hosts in the world do not. "
        + "*Verdict*: Vigie's median is at most 100 ms.";

    private const double BoundMilliseconds = 100;
    private const int MostAttempts = 3;
    private static readonly TimeSpan ShortestAfterResignation = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan ShortestAfterSilence = TimeSpan.FromMilliseconds(200);

    // Nobody asks anything while the addresses move; far above every healthy time.
    private static readonly TimeSpan WaitForTheLast = TimeSpan.FromSeconds(4);

    private static readonly (IpFamily Family, Fault Fault, Contestant[] Programs)[] Cases =
    [
        (IpFamily.IPv4, Fault.Terminate, [Contestant.Vigie, Contestant.KeepalivedDetailedLog]),
        (IpFamily.IPv4, Fault.PowerCut, [Contestant.Vigie, Contestant.VigieHumanLog, Contestant.KeepalivedDetailedLog]),
        (IpFamily.IPv6, Fault.Terminate, [Contestant.Vigie, Contestant.KeepalivedDetailedLog]),
        (IpFamily.IPv6, Fault.PowerCut, [Contestant.Vigie, Contestant.VigieHumanLog, Contestant.KeepalivedDetailedLog]),
    ];

    public static TimeSpan Estimate(BenchmarkOptions options) =>
        TimeSpan.FromSeconds(Cases.Sum(test => test.Programs.Length) * Runs(options) * 10.5);

    public static Section Run(BenchmarkOptions options)
    {
        var section = new Section(
            "1,000 addresses", Method, "family", "fault", "program", "runs", "from the first advertisement: median ms", "worst", "from the fault: median ms", "ratio to keepalived", "verdict");
        var bound = new List<(IpFamily Family, Fault Fault, Samples Samples)>();
        var premature = 0;
        foreach (var (family, fault, programs) in Cases)
        {
            var announced = programs.ToDictionary(program => program, _ => new Samples());
            var total = programs.ToDictionary(program => program, _ => new Samples());
            for (var run = 0; run < Runs(options); run++)
            {
                foreach (var program in run % 2 == 0 ? programs : [.. programs.Reverse()])
                {
                    if (MeasureCleanly(program, family, fault, ref premature) is not var (fromAdvertisement, fromFault))
                        continue;
                    announced[program].Add(fromAdvertisement.TotalMilliseconds);
                    total[program].Add(fromFault.TotalMilliseconds);
                    Runner.Say($"{family} {fault.Name,-9} {program,-16} {fromAdvertisement.TotalMilliseconds:0.0} ms after the first advertisement, {fromFault.TotalMilliseconds:0.0} ms after the fault");
                }
            }

            foreach (var program in programs)
            {
                var isPeer = program == Contestant.KeepalivedDetailedLog;
                section.Row(
                    $"{family}", fault.Name, program.Name, $"{announced[program].Count}", Samples.Text(announced[program].Median), Samples.Text(announced[program].Worst),
                    Samples.Text(total[program].Median), isPeer ? "" : announced[program].RatioTo(announced[Contestant.KeepalivedDetailedLog]),
                    isPeer ? "" : Section.Verdict(announced[program].Median <= BoundMilliseconds));
                if (!isPeer)
                    bound.Add((family, fault, announced[program]));
            }
        }

        foreach (var group in bound.GroupBy(row => (row.Family, row.Fault)))
        {
            var slowest = group.Max(row => row.Samples.Median);
            section.Bound(
                $"1,000 {group.Key.Family} addresses announced within 100 ms with full logging on, {group.Key.Fault.Name}: slowest median {Samples.Text(slowest)} ms",
                group.All(row => row.Samples.Median <= BoundMilliseconds));
        }

        section.Note($"{premature} runs were repeated because the Backup took over too early for the fault to be the reason");
        return section;
    }

    private static int Runs(BenchmarkOptions options) => options.Repeat(3);

    private static (TimeSpan FromAdvertisement, TimeSpan FromFault)? MeasureCleanly(Contestant program, IpFamily family, Fault fault, ref int premature)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (Measure(program, family, fault) is { } measured)
                return measured;
            Runner.Say($"{family} {fault.Name,-9} {program,-16} again: the Backup took over before the fault");
            premature++;
        }

        return null; // the row has a run less
    }

    /// <summary>Null when the Backup took over for another reason than the fault: the owner had been silent for too long before.</summary>
    private static (TimeSpan FromAdvertisement, TimeSpan FromFault)? Measure(Contestant program, IpFamily family, Fault fault)
    {
        using var lab = new AnnounceLab();
        var addresses = AnnounceLab.Addresses(family).SelectMany(list => list).Select(prefix => prefix.Address).ToHashSet();
        var owner = program.Start(lab.Alpha, AnnounceLab.Routers(family, 200));
        WaitUntilHeld(lab.Alpha, addresses, program);
        program.Start(lab.Beta, AnnounceLab.Routers(family, 100));
        // It must have heard the owner, and the owner's own burst of announcements must be over (keepalived's second one
        // comes after five seconds, Vigie's last one too).
        Thread.Sleep(TimeSpan.FromSeconds(3.5));
        var capture = WireCapture.Start(lab.Client, "proto 112 or ip6 proto 112 or arp or icmp6");
        var at = Instant.Zero + (DateTime.UtcNow - DateTime.UnixEpoch);
        fault.Inject(lab.Lan, lab.Alpha, owner);
        Thread.Sleep(WaitForTheLast);
        var frames = capture.Stop().Where(frame => frame.Source == lab.Beta.Interface("eth0").Mac).ToList();

        var first = frames.Find(frame => Sightings.Advertisement(frame) is not null) ?? throw new LabException($"{program}: nobody took over");
        // No silence of the owner lasts long enough before, and its resignation is answered after Skew_Time, 61 ms.
        if (first.At < at + (fault == Fault.Terminate ? ShortestAfterResignation : ShortestAfterSilence))
            return null;
        var times = new List<TimeSpan>();
        foreach (var frame in frames)
            if (frame.At >= first.At && Sightings.Announced(frame) is { } address && addresses.Remove(address))
                times.Add(frame.At - first.At);
        if (addresses.Count > 0)
            throw new LabException($"{program}: {addresses.Count} of the addresses were not announced within {WaitForTheLast.TotalSeconds} s, for example {addresses.First()}");
        // An outlier reads differently when most of the addresses were quick.
        Runner.Say($"  half of them by {times[times.Count / 2].TotalMilliseconds:0.0} ms, 99 % by {times[times.Count * 99 / 100].TotalMilliseconds:0.0} ms");
        return (times[^1], first.At + times[^1] - at);
    }

    private static void WaitUntilHeld(LabHost host, HashSet<IpAddress> addresses, Contestant program) => Condition.WaitFor(
        $"{program} to hold {addresses.Count} addresses", () => addresses.IsSubsetOf(host.Addresses()), TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(100));
}
