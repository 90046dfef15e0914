using System.Globalization;
using System.Text;
using Vigie.Lab.Daemons;

namespace Vigie.Lab.Tests.Faults;

/// <summary>The whole matrix as a page: medians and worst of each cell beside their bounds.</summary>
internal sealed class FaultTable
{
    private readonly StringBuilder _text = new("""
        # Fault matrix

        What a client that asks both families each millisecond saw of every fault, at every advertisement interval, with two and
        with three hosts: the longest time without an answer, of the worse family, and the questions lost in it. *Fault*: while
        it lasted. *End*: from its end until the first host had the VIP back. Median and worst of the runs of each cell; a bound is
        judged on the median without the stall; where it is "nothing" (5 ms), a median of no lost question meets it, too. A question takes a millisecond to be due, so that 1 to 2 ms is nothing at all. *Stall*: the longest
        time in those silences in which the client itself got no processor, which says nothing about the VIP. *Stale*: how long the
        VIP stayed on a host on which nothing of Vigie was alive. *Wire*: the longest time between two advertisements while the node is
        replaced, or from the kill to the successor's first. Made by `./test.sh long`.

        | fault | interval | hosts | fault ms | lost | bound | end ms | lost | bound | stall ms | stale s (bound) | wire ms | bound | verdict |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |

        """);

    private readonly List<string> _failures = [];

    public FaultTable(IEnumerable<(FaultCell Cell, FaultOutcome[] Outcomes)> cells)
    {
        foreach (var (cell, outcomes) in cells)
            Append(cell, outcomes);
        if (_failures.Count > 0)
            _text.Append("\nRuns that failed:\n\n").AppendJoin('\n', _failures.Select(failure => "- " + failure.Split('\n')[0])).Append('\n');
    }

    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Writes the page into the repository that this program was built in.</summary>
    public void WriteTo(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Vigie.slnx")))
                continue;
            var file = Path.Combine(folder.FullName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, _text.ToString());
            return;
        }

        throw new LabException($"no Vigie.slnx above {AppContext.BaseDirectory}: where is {path} to be written?");
    }

    private void Append(FaultCell cell, FaultOutcome[] outcomes)
    {
        _failures.AddRange(outcomes.Where(outcome => outcome.Failure is not null).Select(outcome => $"{cell}: {outcome.Failure}"));
        var measured = outcomes.Where(outcome => outcome.Outage > TimeSpan.Zero).ToArray();
        if (measured.Length == 0)
        {
            _text.Append(CultureInfo.InvariantCulture, $"| {cell.Fault} | {cell.Interval} ms | {cell.Hosts} | | | | | | | | | | | **failed** |\n");
            return;
        }

        var bounds = FaultBounds.Of(cell);
        var outage = Median(measured, outcome => outcome.Outage - outcome.OutageStall);
        var back = Median(measured, outcome => outcome.Return - outcome.ReturnStall);
        var stale = measured.Max(outcome => outcome.Stale);
        TimeSpan? silence = measured[0].Silence is null ? null : Median(measured, outcome => outcome.Silence ?? TimeSpan.Zero);
        var met = (silence is not { } quiet || quiet <= FaultBounds.Silence(cell))
            && IsMet(bounds.Outage, outage, measured, outcome => outcome.Lost) && IsMet(bounds.Return, back, measured, outcome => outcome.LostInReturn)
            && (stale is not { } stayed || stayed <= FaultBounds.Stale(cell));
        _text.Append(CultureInfo.InvariantCulture, $"| {cell.Fault} | {cell.Interval} ms | {cell.Hosts} | {Times(measured, outcome => outcome.Outage)} ")
            .Append(CultureInfo.InvariantCulture, $"| {measured.Max(outcome => outcome.Lost)} | {Ms(bounds.Outage)} | {Times(measured, outcome => outcome.Return)} ")
            .Append(CultureInfo.InvariantCulture, $"| {measured.Max(outcome => outcome.LostInReturn)} | {Ms(bounds.Return)} | {Ms(measured.Max(outcome => outcome.OutageStall > outcome.ReturnStall ? outcome.OutageStall : outcome.ReturnStall))} ")
            .Append(CultureInfo.InvariantCulture, $"| {(stale is { } time ? $"{time.TotalSeconds:0.0} ({FaultBounds.Stale(cell).TotalSeconds:0.0})" : "")} ")
            .Append(CultureInfo.InvariantCulture, $"| {(silence is null ? "" : Times(measured, outcome => outcome.Silence ?? TimeSpan.Zero))} | {Ms(FaultBounds.Silence(cell))} ")
            .Append(CultureInfo.InvariantCulture, $"| {(measured.Length < outcomes.Length ? "**failed**" : met ? "met" : "**missed**")} |\n");
    }

    /// <summary>Where nothing may be lost, an answer that came late is not lost.</summary>
    private static bool IsMet(TimeSpan? bound, TimeSpan median, FaultOutcome[] outcomes, Func<FaultOutcome, int> lost) =>
        bound is not { } limit || median <= limit || (limit == FaultBounds.Nothing && outcomes.Select(lost).Order().ElementAt(outcomes.Length / 2) == 0);

    private static string Times(FaultOutcome[] outcomes, Func<FaultOutcome, TimeSpan> of) => $"{Ms(Median(outcomes, of))} / {Ms(outcomes.Max(of))}";

    private static TimeSpan Median(FaultOutcome[] outcomes, Func<FaultOutcome, TimeSpan> of) => outcomes.Select(of).Order().ElementAt(outcomes.Length / 2);

    private static string Ms(TimeSpan? time) => time is { } value ? value.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture) : "";
}
