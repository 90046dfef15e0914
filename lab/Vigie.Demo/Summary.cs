using System.Globalization;
using Spectre.Console;
using Vigie.Lab.Probes;

namespace Vigie.Demo;

/// <summary>The last word: what the client saw, event by event.</summary>
internal static class Summary
{
    private const int Columns = 100;
    private static readonly TimeSpan NoticeableStall = TimeSpan.FromMilliseconds(5);

    internal static void Print(DemoCluster cluster, IReadOnlyList<DemoResult> results)
    {
        Console.WriteLine();
        Write(AnsiConsole.Console, Console.IsOutputRedirected ? TableBorder.Ascii : TableBorder.Rounded, cluster, results);
    }

    /// <summary>The same as lines of plain text.</summary>
    internal static string[] Lines(DemoCluster cluster, IReadOnlyList<DemoResult> results)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = Columns;
        console.Profile.Capabilities.Unicode = true;
        Write(console, TableBorder.Square, cluster, results);
        return text.ToString().TrimEnd().Split('\n');
    }

    private static void Write(IAnsiConsole console, TableBorder border, DemoCluster cluster, IReadOnlyList<DemoResult> results)
    {
        var table = new Table { Border = border, Title = new TableTitle("What the client saw: longest time without an answer") };
        table.AddColumns("what happened", "the VIP moved");
        foreach (var column in new[] { "IPv4", "IPv6", "TCP connect" })
            table.AddColumn(column, format => format.RightAligned().NoWrap());
        foreach (var result in results)
        {
            table.AddRow(Sentence(result), $"{result.From} to {result.To}",
                Text(result.Outage.IPv4), Text(result.Outage.IPv6), DemoScript.Text(result.Outage.NewConnections));
        }

        console.Write(table);
        console.WriteLine("Undisturbed, answers are 1 ms apart over IPv4 and IPv6; a new TCP connection is made every 10 ms.");
        if (results.Any(result => IsMostlyStall(result.Outage.IPv4) || IsMostlyStall(result.Outage.IPv6)))
            console.WriteLine("* for most of that time this machine was too busy to let the client itself run.");
        foreach (var seen in new[] { cluster.IPv4!.Snapshot(), cluster.IPv6!.Snapshot() })
            console.WriteLine(Totals(seen));
    }

    private static string Text(ProbeGap? gap) => DemoScript.Text(gap?.Length) + (IsMostlyStall(gap) ? "*" : "");

    private static bool IsMostlyStall(ProbeGap? gap) => gap is not null && gap.Length > NoticeableStall && gap.LongestStall > gap.Length / 2;

    private static string Sentence(DemoResult result) => result.What switch
    {
        "clean stop" => $"Vigie stopped on {result.From}",
        "power cut" => $"{result.From} lost its power",
        _ => $"{result.To} came back",
    };

    private static string Totals(UdpProbeResult seen)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{seen.Target}: {seen.Sent:N0} requests, {seen.Lost:N0} without an answer; ");
        return text + (seen.TwoOwnerMoments(TimeSpan.FromSeconds(1)) is > 0 and var moments
            ? $"two hosts answered at the same time on {moments} occasions."
            : "never did two hosts answer at the same time.");
    }
}
