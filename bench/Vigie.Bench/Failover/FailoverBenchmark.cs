using System.Globalization;
using Vigie.Bench.Reporting;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab;
using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;
using Vigie.Lab.Topologies;

namespace Vigie.Bench.Failover;

/// <summary>
/// What a client loses of a virtual IP when its owner stops, dies or is cut off. Both programs run the same faults in
/// turn, each time in a fresh lab with the same addresses, priorities and interval, and at the same time after the owner's
/// last advertisement; two datagrams a millisecond and family.
/// </summary>
internal static class FailoverBenchmark
{
    private const string Method =
        "A client asks the virtual IP every half millisecond and family; the outage is its longest silence. Two hosts, one virtual router with one IPv4 and one IPv6 "
        + "address, priorities 150 and 100. Each run is a fresh lab; the two programs take turns at going first, and each pair of runs has the fault at the same "
        + "moment of the interval, chosen at random. The tools that block a port or take a link down need some milliseconds, not always the same; therefore the outage of a power cut and "
        + "of a link down counts from the chosen moment after the last advertisement that the client heard. keepalived has the same real-time priority and locked memory as Vigie. A run in which the client itself got no "
        + "processor for more than 3 ms and a twentieth of the interval is repeated, at most twice. *Verdict*: Vigie's median is at most keepalived's plus the millisecond of two questions, below which they cannot be told apart.";

    private const double ResolutionMilliseconds = 1;
    private const double PowerCutBoundMilliseconds = 45;
    private const double ShortestStallMilliseconds = 3;
    private const int MostRepeats = 2;

    private static readonly UdpProbeOptions TwiceAMillisecond = new() { Interval = TimeSpan.FromMilliseconds(0.5) };

    private static readonly TimeSpan[] Intervals =
        [TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(10)];

    public static TimeSpan Estimate(BenchmarkOptions options) => TimeSpan.FromSeconds(
        Intervals.Sum(interval => Fault.All.Count * Runs(options, interval) * 2 * (2.5 + 11 * interval.TotalSeconds)));

    public static Section Run(BenchmarkOptions options)
    {
        var cells = new Dictionary<(Fault, TimeSpan, Contestant, IpFamily), Samples>();
        var random = new Random(4711); // the phase within an interval; the same sequence every time
        var repeated = 0;
        foreach (var interval in Intervals)
        foreach (var fault in Fault.All)
        {
            for (var repetition = 0; repetition < Runs(options, interval); repetition++)
            {
                // Away from the ends, where the next advertisement may or may not still get out.
                var phase = interval * (0.1 + 0.8 * random.NextDouble());
                foreach (var contestant in Contestant.InTurns(repetition))
                {
                    var (ipv4, ipv6, repeats) = MeasureUndisturbed(contestant, fault, interval, phase);
                    repeated += repeats;
                    Cell(cells, (fault, interval, contestant, IpFamily.IPv4)).Add(ipv4);
                    Cell(cells, (fault, interval, contestant, IpFamily.IPv6)).Add(ipv6);
                    Runner.Say($"{fault.Name,-9} {interval.TotalMilliseconds,5} ms {contestant,-10} IPv4 {ipv4:0.0} ms  IPv6 {ipv6:0.0} ms");
                }
            }
        }

        return Report(cells, repeated);
    }

    private static int Runs(BenchmarkOptions options, TimeSpan interval) => options.Repeat(interval.TotalSeconds >= 1 ? 5 : 9);

    private static (double IPv4, double IPv6, int Repeats) MeasureUndisturbed(Contestant contestant, Fault fault, TimeSpan interval, TimeSpan phase)
    {
        for (var repeats = 0; ; repeats++)
        {
            var (ipv4, ipv6, stalled) = Measure(contestant, fault, interval, phase);
            var stall = stalled.TotalMilliseconds;
            if (stall <= Math.Max(ShortestStallMilliseconds, interval.TotalMilliseconds / 20) || repeats == MostRepeats)
                return (ipv4.TotalMilliseconds, ipv6.TotalMilliseconds, repeats);
            Runner.Say($"{fault.Name,-9} {interval.TotalMilliseconds,5} ms {contestant,-10} again: the client had no processor for {stall:0.0} ms");
        }
    }

    private static (TimeSpan IPv4, TimeSpan IPv6, TimeSpan Stall) Measure(Contestant contestant, Fault fault, TimeSpan interval, TimeSpan phase)
    {
        using var lab = new TwoHostsAndClient();
        var router = new VirtualRouterSetup { Interval = interval };
        foreach (var host in lab.Competitors)
            lab.Run.Own(UdpEcho.Start(host, TwoHostsAndClient.Vip4.Address, TwoHostsAndClient.Vip6.Address));
        var owner = contestant.Start(lab.Alpha, router with { Priority = 150 });
        contestant.Start(lab.Beta, router with { Priority = 100 });
        var patience = 20 * interval + TimeSpan.FromSeconds(20);
        using var probe4 = UdpProbe.Start(lab.Client, TwoHostsAndClient.Vip4.Address, TwiceAMillisecond);
        using var probe6 = UdpProbe.Start(lab.Client, TwoHostsAndClient.Vip6.Address, TwiceAMillisecond);
        probe4.WaitForAnswerFrom("alpha", patience);
        probe6.WaitForAnswerFrom("alpha", patience);
        Settle(3 * interval + TimeSpan.FromMilliseconds(300));
        using var watch4 = new AdvertisementWatch(lab.Client, IpFamily.IPv4);
        using var watch6 = new AdvertisementWatch(lab.Client, IpFamily.IPv6);
        watch6.WaitForPhase(TimeSpan.Zero); // both families have been heard by the time of the fault
        watch4.WaitForPhase(phase);

        var at = LabClock.Now;
        fault.Inject(lab.Lan, lab.Alpha, owner);
        probe4.WaitForAnswerFrom("beta", patience);
        probe6.WaitForAnswerFrom("beta", patience);
        Settle(TimeSpan.FromMilliseconds(100));
        var (gap4, gap6) = (Gap(probe4.Stop(), at), Gap(probe6.Stop(), at));
        var stall = gap4.LongestStall > gap6.LongestStall ? gap4.LongestStall : gap6.LongestStall;
        return fault == Fault.Terminate
            ? (gap4.Length, gap6.Length, stall)
            : (gap4.To - (watch4.LastOfFirstSender() + phase), gap6.To - (watch6.LastOfFirstSender() + phase), stall);
    }

    /// <summary>The longest silence from just before the fault on.</summary>
    private static ProbeGap Gap(UdpProbeResult result, Instant at) =>
        result.LongestGap(at - TimeSpan.FromMilliseconds(5), Instant.Never) ?? throw new LabException($"{result.Target} was never answered");

    // A benchmark measures time passing; there is no condition to wait for here.
    private static void Settle(TimeSpan time) => Thread.Sleep(time);

    private static Samples Cell(Dictionary<(Fault, TimeSpan, Contestant, IpFamily), Samples> cells, (Fault, TimeSpan, Contestant, IpFamily) key)
    {
        if (!cells.TryGetValue(key, out var samples))
            cells[key] = samples = new Samples();
        return samples;
    }

    private static Section Report(Dictionary<(Fault, TimeSpan, Contestant, IpFamily), Samples> cells, int repeated)
    {
        var section = new Section(
            "Failover", Method, "fault", "interval", "family", "runs", "Vigie median ms", "worst", "keepalived median ms", "worst", "ratio of medians", "verdict");
        var missed = 0;
        foreach (var fault in Fault.All)
        foreach (var interval in Intervals)
        foreach (var family in (IpFamily[])[IpFamily.IPv4, IpFamily.IPv6])
        {
            var vigie = cells[(fault, interval, Contestant.Vigie, family)];
            var peer = cells[(fault, interval, Contestant.Keepalived, family)];
            var met = vigie.Median <= peer.Median + ResolutionMilliseconds;
            missed += met ? 0 : 1;
            section.Row(
                fault.Name, string.Create(CultureInfo.InvariantCulture, $"{interval.TotalMilliseconds} ms"), $"{family}", $"{vigie.Count}",
                Samples.Text(vigie.Median), Samples.Text(vigie.Worst), Samples.Text(peer.Median), Samples.Text(peer.Worst), vigie.RatioTo(peer), Section.Verdict(met));
        }

        section.Bound("At equal interval never slower than keepalived" + (missed > 0 ? $", missed in {missed} rows" : ""), missed == 0);
        foreach (var family in (IpFamily[])[IpFamily.IPv4, IpFamily.IPv6])
        {
            var median = cells[(Fault.PowerCut, Intervals[^1], Contestant.Vigie, family)].Median;
            section.Bound($"Power cut at 10 ms, {family}: at most 45 ms median, measured {Samples.Text(median)} ms", median <= PowerCutBoundMilliseconds);
        }

        section.Note($"{repeated} runs were repeated because the client itself got no processor");
        return section;
    }
}
