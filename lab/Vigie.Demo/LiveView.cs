using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using Vigie.Lab.Probes;

namespace Vigie.Demo;

/// <summary>
/// A picture that is redrawn several times a second: what is being shown, the three hosts, what the client gets, and the
/// last things that happened.
/// </summary>
internal sealed class LiveView : IDemoView
{
    private const int MostEventsShown = 8;
    private const int FewestEventsShown = 2;

    // The other parts, when the explanation takes five lines: what fits above the events on the smallest usual terminal.
    private const int RowsAboveEvents = 18;
    private const int TicksShown = 64;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Colors = ["green", "deepskyblue1", "orange1"];

    private readonly DemoCluster _cluster;
    private readonly Thread _painter;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _gate = new();
    private readonly List<string> _events = [];
    private readonly TickStrip _ipv4 = new();
    private readonly TickStrip _ipv6 = new();
    private string _explanation = "";
    private volatile bool _stopping;

    internal LiveView(DemoCluster cluster)
    {
        _cluster = cluster;
        Console.CancelKeyPress += ShowCursor;
        _painter = new Thread(Paint) { IsBackground = true, Name = "live view" };
        _painter.Start();
    }

    public void Explain(string text)
    {
        lock (_gate)
            _explanation = text;
    }

    public void Happened(string text)
    {
        lock (_gate)
        {
            _events.Add(string.Create(CultureInfo.InvariantCulture, $"[grey]{_clock.Elapsed.TotalSeconds,5:0.0} s[/]  {Markup.Escape(text)}"));
            if (_events.Count > MostEventsShown)
                _events.RemoveAt(0);
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _painter.Join();
        Console.CancelKeyPress -= ShowCursor;
    }

    private static void ShowCursor(object? sender, ConsoleCancelEventArgs arguments) => AnsiConsole.Cursor.Show();

    private void Paint() => AnsiConsole.Live(new Text("")).Start(screen =>
    {
        while (!_stopping)
        {
            screen.UpdateTarget(Draw());
            Thread.Sleep(Tick);
        }

        screen.UpdateTarget(Draw());
    });

    private Rows Draw()
    {
        // A border above and below, and one row that the terminal keeps for the cursor.
        var eventsShown = Math.Clamp(AnsiConsole.Profile.Height - RowsAboveEvents - 3, FewestEventsShown, MostEventsShown);
        var hosts = _cluster.Hosts.Select(host => host.Look()).ToArray();
        lock (_gate)
        {
            List<IRenderable> parts =
            [
                new Panel(new Markup(Markup.Escape(_explanation))) { Header = new PanelHeader(" Vigie keeps one address alive "), Expand = true, Padding = new Padding(1, 0) },
                HostTable(hosts),
                ClientPanel(),
                new Panel(new Markup(string.Join('\n', _events.TakeLast(eventsShown)))) { Header = new PanelHeader(" what happened "), Expand = true, Height = eventsShown + 2 },
            ];
            return new Rows(parts);
        }
    }

    private static Table HostTable(HostSnapshot[] hosts)
    {
        var table = new Table { Border = TableBorder.Rounded, Expand = true };
        // Wide enough for the longest condition: columns that move with every change are hard to read.
        table.AddColumn("host", column => column.Width(6));
        table.AddColumn("own address", column => column.Width(12));
        table.AddColumn("Vigie", column => column.Width(28));
        table.AddColumn($"holds {DemoCluster.Vip4}");
        for (var i = 0; i < hosts.Length; i++)
        {
            var color = hosts[i].Condition == "no power" ? "red" : Colors[i];
            table.AddRow($"[{color}]{hosts[i].Name}[/]", $"{hosts[i].Address}", $"[{color}]{hosts[i].Condition}[/]", hosts[i].HoldsVip ? $"[bold {Colors[i]}]● VIP[/]" : "");
        }

        return table;
    }

    private Panel ClientPanel()
    {
        var text = _cluster.IPv6 is not { } ipv6 || _cluster.IPv4 is not { } ipv4
            ? "[grey]has not begun to ask[/]\n"
            : $"IPv4 {Line(_ipv4, ipv4)}\nIPv6 {Line(_ipv6, ipv6)}";
        return new Panel(new Markup(text)) { Header = new PanelHeader(" the client asks 1,000 times a second: who answered (× nobody) "), Expand = true };
    }

    private string Line(TickStrip strip, UdpProbe probe)
    {
        strip.Add(probe);
        var host = Array.FindIndex([.. _cluster.Hosts], host => host.Name == probe.LastResponder);
        return $"{strip.Render(HostColor, TicksShown)} {(host < 0 ? "" : $"[{Colors[host]}]{probe.LastResponder}[/]")}";
    }

    private string HostColor(string name)
    {
        var index = Array.FindIndex([.. _cluster.Hosts], host => host.Name == name);
        return index < 0 ? "grey" : Colors[index];
    }
}
