using System.Globalization;
using Vigie.Bench.Bare;
using Vigie.Bench.Reporting;
using Vigie.Core.Net;
using Vigie.Lab;
using Vigie.Lab.Daemons;

namespace Vigie.Bench.Steady;

/// <summary>How often somebody takes over although nobody is gone, while the machine is busy: both programs in one run.</summary>
internal static class SteadyBenchmark
{
    private const string Method =
        "Three hosts of Vigie and, beside them in other namespaces, three of keepalived, each with one virtual router with one IPv4 address at 10 ms, priorities 150, 100 and 50, the same "
        + "real-time priority and locked memory. Meanwhile twice as many busy loops as processors and a writer to the disk run at normal priority. Nothing is stopped and nothing fails, so that every "
        + "takeover is a false one. *Takeovers*: how often another host began to advertise, on the wire. *Gaps*: how often no host advertised for more than three intervals. *Client*: of a question "
        + "each millisecond, those without an answer, and the longest silence without the time in which the client itself got no processor. *Bare loop*: a process with the priority and the locked memory "
        + "of Vigie's node that waits for a timer every 10 ms and does nothing else; its gaps are the machine's, during which every host of the lab stands still at once. *Stolen*: processor time that the "
        + "machine's own host gave to others.";

    private const int DefaultMinutes = 10;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongGap = 3 * Interval;

    public static TimeSpan Estimate(BenchmarkOptions options) => Duration(options) + TimeSpan.FromSeconds(20);

    public static Section Run(BenchmarkOptions options)
    {
        var duration = Duration(options);
        var section = new Section("False takeovers", Method, "who", "advertisements", "takeovers", "gaps above 3 intervals", "longest gap ms", "client: asked", "lost", "longest silence ms");
        using var vigie = new SteadyScene(Contestant.Vigie, Interval, duration);
        using var peer = new SteadyScene(Contestant.Keepalived, Interval, duration);
        vigie.Begin();
        peer.Begin();
        var loop = BareLoopRun.Start(peer.Client, Interval, duration);
        // Last, because nothing of the above would come to its end in time beside it; and gone before anybody is asked.
        using var load = new ProcessorLoad(peer.Client, duration + TimeSpan.FromMinutes(1));
        var (before, from) = (ProcessorTime.Read(), LabClock.Now);
        var bare = loop.Lateness(duration + TimeSpan.FromSeconds(30));
        var (spent, time) = (ProcessorTime.Read() - before, LabClock.Now - from);
        load.ThrowIfOver();
        load.Dispose();
        var (ours, theirs) = (vigie.End(), peer.End());

        Row(section, "Vigie", ours);
        Row(section, "keepalived", theirs);
        section.Row("bare loop", $"{bare.Count}", "", $"{bare.Count(late => late > (LongGap - Interval).TotalMicroseconds)}", Text(bare[^1] / 1000 + Interval.TotalMilliseconds), "", "", "");
        var (busy, stolen) = spent.Shares(time);
        section.Note(string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.0} minutes, the machine's processors busy for {busy}, stolen {stolen}"));
        section.Note($"Vigie's own count: {ours.OwnTransitions} changes of state, {ours.Covered} advertisements sent by its guardian for a late node");
        section.Bound($"No false takeover of Vigie: {ours.Takeovers}, keepalived {theirs.Takeovers}", ours.Takeovers == 0);
        return section;
    }

    private static void Row(Section section, string name, SteadySeen seen) => section.Row(
        name, $"{seen.Advertisements}", $"{seen.Takeovers}", $"{seen.LongGaps}", Text(seen.LongestGap.TotalMilliseconds), $"{seen.Asked}", $"{seen.Lost}", Text(seen.LongestSilence.TotalMilliseconds));

    private static TimeSpan Duration(BenchmarkOptions options) =>
        options.Minutes is { } minutes ? TimeSpan.FromMinutes(minutes) : options.Quick ? TimeSpan.FromSeconds(20) : TimeSpan.FromMinutes(DefaultMinutes);

    private static string Text(double milliseconds) => milliseconds.ToString("0.0", CultureInfo.InvariantCulture);
}
