using System.Globalization;
using Vigie.Bench.Reporting;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab;
using Vigie.Lab.Probes;
using Vigie.Lab.Topologies;

namespace Vigie.Bench.Troubles;

/// <summary>What a client loses while the owner is in trouble, and what it loses when the trouble ends.</summary>
internal static class TroubleBenchmark
{
    private const string Method =
        "Two hosts, one virtual router with one IPv4 and one IPv6 address, priorities 150 and 100, a fresh lab for each run; the programs take turns at going first. "
        + "A client asks each address every half millisecond. *Trouble*: its longest silence from the beginning to the end of it, of the worse family, medians; *end*: from "
        + "there until the first host has served for a while. *Takeovers*: how often another host began to answer, of both families together, all runs. A trouble lasts "
        + "until the other host serves where it must, and else for ten intervals, three seconds at least. *never*: the first host did not have the address back 30 s "
        + "and twenty intervals after the end. *Verdict*: neither median is above keepalived's by more than the millisecond of two questions or a tenth.";

    private const double ResolutionMilliseconds = 1;
    private const double Tolerance = 1.1;
    private static readonly UdpProbeOptions TwiceAMillisecond = new() { Interval = TimeSpan.FromMilliseconds(0.5) };
    private static readonly TimeSpan[] Intervals = [TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(10)];

    public static TimeSpan Estimate(BenchmarkOptions options) => TimeSpan.FromSeconds(
        Intervals.Sum(interval => Trouble.All.Count * Runs(options) * 2 * (9 + 15 * interval.TotalSeconds)));

    public static Section Run(BenchmarkOptions options)
    {
        var section = new Section("Troubles", Method, "trouble", "interval", "runs", "Vigie trouble ms", "end ms", "takeovers",
            "keepalived trouble ms", "end ms", "takeovers", "verdict");
        var missed = 0;
        foreach (var interval in Intervals)
        foreach (var trouble in Trouble.All)
        {
            var cells = Contestant.Both.ToDictionary(contestant => contestant, _ => new Cell());
            for (var repetition = 0; repetition < Runs(options); repetition++)
            foreach (var contestant in Contestant.InTurns(repetition))
            {
                var seen = Measure(contestant, trouble, interval);
                cells[contestant].Add(seen);
                Runner.Say($"{trouble.Name,-32} {interval.TotalMilliseconds,5} ms {contestant,-10} {seen}");
            }

            var (vigie, peer) = (cells[Contestant.Vigie], cells[Contestant.Keepalived]);
            var met = NotSlower(vigie.During, peer.During) && NotSlower(vigie.After, peer.After);
            missed += met ? 0 : 1;
            section.Row(trouble.Name, string.Create(CultureInfo.InvariantCulture, $"{interval.TotalMilliseconds} ms"), $"{Runs(options)}",
                Text(vigie.During), Text(vigie.After), $"{vigie.Takeovers}", Text(peer.During), Text(peer.After), $"{peer.Takeovers}", Section.Verdict(met));
        }

        section.Bound("Never slower than keepalived" + (missed > 0 ? $", missed in {missed} rows" : ""), missed == 0);
        return section;
    }

    private static int Runs(BenchmarkOptions options) => options.Repeat(5);

    private static Seen Measure(Contestant contestant, Trouble trouble, TimeSpan interval)
    {
        using var scene = new TroubleScene(contestant, interval);
        var patience = 20 * interval + TimeSpan.FromSeconds(30);
        UdpProbe[] probes = [.. new[] { TwoHostsAndClient.Vip4, TwoHostsAndClient.Vip6 }.Select(vip => UdpProbe.Start(scene.Client, vip.Address, TwiceAMillisecond))];
        foreach (var probe in probes)
            probe.WaitForAnswerFrom("alpha", patience);
        Settle(5 * interval + TimeSpan.FromMilliseconds(300));

        var struck = LabClock.Now;
        trouble.Strike(scene);
        if (trouble.Moves)
        {
            foreach (var probe in probes)
                probe.WaitForAnswerFrom("beta", patience);
            Settle(2 * interval + TimeSpan.FromMilliseconds(500));
        }
        else
        {
            Settle(10 * interval < TimeSpan.FromSeconds(3) ? TimeSpan.FromSeconds(3) : 10 * interval);
        }

        var ended = LabClock.Now;
        trouble.Undo(scene);
        var back = IsBack(probes, patience);
        // keepalived that has both been Active and heard another takes some seconds to find its clients again.
        Settle(5 * interval + TimeSpan.FromSeconds(2));
        var results = probes.Select(probe => probe.Stop()).ToArray();
        return new Seen(
            results.Max(result => Silence(result, struck, ended)),
            back ? results.Max(result => Silence(result, ended, Instant.Never)) : double.PositiveInfinity,
            results.Sum(result => result.Runs.Count(run => run.First > struck)));
    }

    private static bool IsBack(UdpProbe[] probes, TimeSpan patience)
    {
        try
        {
            foreach (var probe in probes)
                probe.WaitForAnswerFrom("alpha", patience, count: 100);
            return true;
        }
        catch (LabException)
        {
            return false;
        }
    }

    private static double Silence(UdpProbeResult result, Instant from, Instant to) =>
        result.LongestGap(from, to) is { } gap ? Math.Max(0, (gap.Length - gap.LongestStall).TotalMilliseconds) : double.PositiveInfinity;

    private static bool NotSlower(Samples vigie, Samples peer) => vigie.Median <= Math.Max(peer.Median + ResolutionMilliseconds, peer.Median * Tolerance);

    private static string Text(Samples samples) => double.IsInfinity(samples.Median) ? "never" : Samples.Text(samples.Median);

    // A benchmark measures time passing; there is no condition to wait for here.
    private static void Settle(TimeSpan time) => Thread.Sleep(time);

    private sealed record Seen(double During, double After, int Takeovers)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{During:0.0} ms, then {After:0.0} ms, {Takeovers} takeovers");
    }

    private sealed class Cell
    {
        public Samples During { get; } = new();

        public Samples After { get; } = new();

        public int Takeovers { get; private set; }

        public void Add(Seen seen)
        {
            During.Add(seen.During);
            After.Add(seen.After);
            Takeovers += seen.Takeovers;
        }
    }
}
