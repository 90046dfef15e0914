using System.Globalization;
using System.Text;
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
/// last advertisement; one datagram a millisecond and family.
/// </summary>
internal static class FailoverBenchmark
{
    private static readonly TimeSpan[] Intervals =
        [TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(10)];

    public static int Run(BenchmarkOptions options)
    {
        var cells = new Dictionary<(Fault, TimeSpan, Contestant, IpFamily), Samples>();
        var random = new Random(4711); // the phase within an interval; the same sequence in every run
        foreach (var interval in Intervals)
        foreach (var fault in Fault.All)
        {
            var repetitions = options.Quick ? 1 : interval.TotalSeconds >= 1 ? 5 : 9;
            for (var repetition = 0; repetition < repetitions; repetition++)
            {
                // Away from the ends, where the next advertisement may or may not still get out.
                var phase = interval * (0.1 + 0.8 * random.NextDouble());
                foreach (var contestant in Contestant.Both)
                {
                    var (ipv4, ipv6) = Measure(contestant, fault, interval, phase);
                    Cell(cells, (fault, interval, contestant, IpFamily.IPv4)).Add(ipv4);
                    Cell(cells, (fault, interval, contestant, IpFamily.IPv6)).Add(ipv6);
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"{fault.Name,-9} {interval.TotalMilliseconds,5} ms {contestant,-10} IPv4 {ipv4:0.0} ms  IPv6 {ipv6:0.0} ms"));
                }
            }
        }

        options.Publish(Report(cells));
        return 0;
    }

    private static (double IPv4, double IPv6) Measure(Contestant contestant, Fault fault, TimeSpan interval, TimeSpan phase)
    {
        using var lab = new TwoHostsAndClient();
        var router = new VirtualRouterSetup { Interval = interval };
        foreach (var host in lab.Competitors)
            lab.Run.Own(UdpEcho.Start(host, TwoHostsAndClient.Vip4.Address, TwoHostsAndClient.Vip6.Address));
        var owner = contestant.Start(lab.Alpha, router with { Priority = 150 });
        contestant.Start(lab.Beta, router with { Priority = 100 });
        var patience = 20 * interval + TimeSpan.FromSeconds(20);
        using var probe4 = UdpProbe.Start(lab.Client, TwoHostsAndClient.Vip4.Address);
        using var probe6 = UdpProbe.Start(lab.Client, TwoHostsAndClient.Vip6.Address);
        probe4.WaitForAnswerFrom("alpha", patience);
        probe6.WaitForAnswerFrom("alpha", patience);
        Settle(3 * interval + TimeSpan.FromMilliseconds(300));
        using var watch = new AdvertisementWatch(lab.Client);
        watch.WaitForPhase(phase);

        var at = LabClock.Now;
        fault.Inject(lab, owner);
        probe4.WaitForAnswerFrom("beta", patience);
        probe6.WaitForAnswerFrom("beta", patience);
        Settle(TimeSpan.FromMilliseconds(100));
        return (Outage(probe4.Stop(), at), Outage(probe6.Stop(), at));
    }

    /// <summary>The longest silence from just before the fault on, in milliseconds.</summary>
    private static double Outage(UdpProbeResult result, Instant at) =>
        result.LongestGap(at - TimeSpan.FromMilliseconds(5), Instant.Never)?.Length.TotalMilliseconds ?? 0;

    // A benchmark measures time passing; there is no condition to wait for here.
    private static void Settle(TimeSpan time) => Thread.Sleep(time);

    private static Samples Cell(Dictionary<(Fault, TimeSpan, Contestant, IpFamily), Samples> cells, (Fault, TimeSpan, Contestant, IpFamily) key)
    {
        if (!cells.TryGetValue(key, out var samples))
            cells[key] = samples = new Samples();
        return samples;
    }

    private static string Report(Dictionary<(Fault, TimeSpan, Contestant, IpFamily), Samples> cells)
    {
        var text = new StringBuilder(
            """
            | fault | interval | family | runs | Vigie median ms | worst | keepalived median ms | worst | ratio of medians |
            |---|---|---|---|---|---|---|---|---|

            """);
        foreach (var fault in Fault.All)
        foreach (var interval in Intervals)
        foreach (var family in (IpFamily[])[IpFamily.IPv4, IpFamily.IPv6])
        {
            var vigie = cells[(fault, interval, Contestant.Vigie, family)];
            var peer = cells[(fault, interval, Contestant.Keepalived, family)];
            text.Append(CultureInfo.InvariantCulture,
                $"| {fault.Name} | {interval.TotalMilliseconds} ms | {family} | {vigie.Count} | {Samples.Text(vigie.Median)} | {Samples.Text(vigie.Worst)} | {Samples.Text(peer.Median)} | {Samples.Text(peer.Worst)} | {vigie.RatioTo(peer)} |\n");
        }

        return text.ToString();
    }
}
