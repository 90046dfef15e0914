using System.Globalization;
using Spectre.Console;
using Vigie.Contract;

namespace Vigie.Cli.Rendering;

/// <summary>
/// The state of a host for people: a table, then a line for whatever needs attention. Three forms, the first that fits
/// the width: a table with the reasons, a table with the reasons below, or a paragraph per virtual router.
/// </summary>
internal static class StatusView
{
    private const string Here = "●";
    private const string NotHere = "○";
    private const int Gap = 2;
    private const int MostAddresses = 6;
    private static readonly string[] Headings = ["NAME", "STATE", "VRID", "INTERFACE", "PRIO", "ADDRESSES", "ACTIVE", "SINCE", "REASON"];
    private const int StateColumn = 1, ReasonColumn = 8;

    public static string Render(StatusDocument status, DateTimeOffset now, int width, bool hasColor)
    {
        var canvas = new Canvas(width, hasColor);
        canvas.Line(Summary(status, now));
        canvas.Line("");
        if (status.VirtualRouters.Count == 0)
        {
            canvas.Line("No virtual router is configured.");
            return canvas.ToString();
        }

        var rows = status.VirtualRouters.Select(router => Cells(router, now)).ToList();
        if (Width(rows, Headings.Length) <= width)
            DrawTable(canvas, status, rows, Headings.Length);
        else if (Width(rows, ReasonColumn) <= width)
            DrawTableAndReasons(canvas, status, rows);
        else
            DrawParagraphs(canvas, status, rows);

        canvas.Line("");
        canvas.Line($"{Here} on this host  {NotHere} not on this host");
        DrawAttention(canvas, status, now);
        DrawHost(canvas, status, now);
        return canvas.ToString();
    }

    private static string Summary(StatusDocument status, DateTimeOffset now)
    {
        var parts = new List<string> { $"Vigie {status.Version}" };
        if (status.Started is { } started)
            parts.Add($"up {Times.Length(now - started)}");
        if (status.Kernel is not null)
            parts.Add($"kernel {status.Kernel}");
        parts.Add(status.RealTime ? "real-time" : "not real-time");
        parts.Add(status.MemoryLocked ? "memory locked" : "memory not locked");
        return $"{status.Node}: {string.Join(", ", parts)}";
    }

    private static string[] Cells(VirtualRouterStatus router, DateTimeOffset now) =>
    [
        router.Name,
        Word(router.State),
        router.Vrid.ToString(CultureInfo.InvariantCulture),
        router.Interface,
        router.Priority == 255 ? "owner" : router.Priority.ToString(CultureInfo.InvariantCulture),
        string.Join('\n', AddressLines(router.Addresses)),
        router.State == VirtualRouterState.Active ? "this host" : router.Active ?? "-",
        router.Since is { } since ? Times.Length(now - since) : "-",
        router.Reason,
    ];

    private static IEnumerable<string> AddressLines(IReadOnlyList<AddressStatus> addresses)
    {
        // Six lines are all, or five and the number of the rest.
        var shown = addresses.Count <= MostAddresses ? addresses.Count : MostAddresses - 1;
        foreach (var address in addresses.Take(shown))
            yield return $"{(address.Present ? Here : NotHere)} {address.Address}";
        if (addresses.Count > shown)
            yield return $"{addresses.Count - shown} more, {addresses.Skip(shown).Count(address => address.Present)} here";
    }

    private static int Width(List<string[]> rows, int columns) =>
        Enumerable.Range(0, columns).Sum(column => rows.Append(Headings).Max(row => row[column].Split('\n').Max(line => line.Length))) + Gap * (columns - 1);

    private static void DrawTable(Canvas canvas, StatusDocument status, List<string[]> rows, int columns)
    {
        var table = new Table().Border(TableBorder.None);
        for (var column = 0; column < columns; column++)
            table.AddColumn(new TableColumn(new Text(Headings[column], new Style(decoration: Decoration.Bold)))
            {
                NoWrap = true,
                Padding = new Padding(0, 0, column < columns - 1 ? Gap : 0, 0),
            });
        for (var row = 0; row < rows.Count; row++)
            table.AddRow([.. Enumerable.Range(0, columns).Select(column =>
                new Text(rows[row][column], column == StateColumn ? StyleOf(status.VirtualRouters[row].State) : Style.Plain))]);
        canvas.Draw(table);
    }

    private static void DrawTableAndReasons(Canvas canvas, StatusDocument status, List<string[]> rows)
    {
        DrawTable(canvas, status, rows, ReasonColumn);
        canvas.Line("");
        foreach (var router in status.VirtualRouters)
            if (router.Reason.Length > 0)
                canvas.Line($"{router.Name}: {router.Reason}");
    }

    private static void DrawParagraphs(Canvas canvas, StatusDocument status, List<string[]> rows)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            var router = status.VirtualRouters[row];
            if (row > 0)
                canvas.Line("");
            canvas.Line($"{router.Name}: {Word(router.State)} for {rows[row][7]}", StyleOf(router.State));
            canvas.Line($"  vrid {router.Vrid} on {(router.Interface.Length > 0 ? router.Interface : "?")}, priority {rows[row][4]}, Active: {rows[row][6]}");
            foreach (var line in AddressLines(router.Addresses))
                canvas.Line($"  {line}");
            if (router.Reason.Length > 0)
                canvas.Line($"  {router.Reason}");
        }
    }

    private static void DrawAttention(Canvas canvas, StatusDocument status, DateTimeOffset now)
    {
        foreach (var router in status.VirtualRouters)
        {
            if (router.State == VirtualRouterState.Fault)
                Attend(canvas, $"{router.Name} is in fault: {router.Reason}", router.Remedy, Color.Red);
            else if (router.State == VirtualRouterState.Active && router.Addresses.Any(address => !address.Present))
                Attend(canvas, $"{router.Name} is active, but not all its addresses are on this host", router.Remedy, Color.Red);
            if (router.StandsAside is { } aside)
                Attend(canvas, aside == "drain"
                        ? router.State == VirtualRouterState.Active
                            ? $"{router.Name}: this host is drained, but no other host has taken over"
                            : $"{router.Name}: this host is drained and takes no role"
                        : $"{router.Name} was moved away from this host",
                    aside == "drain" ? "`vigie undrain` ends this" : $"`vigie failback {router.Name}` ends this", Color.Yellow);
            if (router.Leaving)
                Attend(canvas, $"{router.Name} is leaving this host: it serves until another one has taken over", null, Color.Yellow);
            if (!router.KeepsTime)
                Attend(canvas, router.State == VirtualRouterState.Active
                        ? $"{router.Name}: this host cannot keep time, and no other host has taken over"
                        : $"{router.Name}: this host cannot keep time and leaves the role to others",
                    "see `steal` and the load of this host; `vigie events` says when it began", Color.Yellow);
            if (router.LastForeignClaim is { } claim)
                Attend(canvas, $"{router.Name}: {claim.Mac} claimed {claim.Address} {Times.Length(now - claim.At)} ago ({router.ForeignClaims} foreign claim{(router.ForeignClaims == 1 ? "" : "s")})",
                    "find the host that uses this address; on a switch, look up its MAC address", Color.Yellow);
        }
    }

    private static void DrawHost(Canvas canvas, StatusDocument status, DateTimeOffset now)
    {
        if (status.Guardian is { } guardian)
            canvas.Line(GuardianLine.Describe(guardian), guardian.Covering ? new Style(Color.Yellow) : Style.Plain);
        if (status.Notify is { } notify)
            canvas.Line(NotifyLine.Describe(notify, now), notify.Failures > 0 ? new Style(Color.Yellow) : Style.Plain);
        if (status.UnknownVrid > 0)
            Attend(canvas, $"{status.UnknownVrid} messages came with a VRID that no virtual router here has on that interface",
                "nothing to do if other groups share the segment; else compare `vrid:` and `interface:` on all hosts", Color.Default);
        if (status.LostMessages > 0)
            Attend(canvas, $"{status.LostMessages} messages between the daemon's processes were lost: some events are missing",
                "look for what keeps the control process from running; the election is not concerned", Color.Yellow);
    }

    private static void Attend(Canvas canvas, string message, string? remedy, Color color)
    {
        canvas.Line("");
        canvas.Line(message, new Style(color));
        if (remedy is not null)
            canvas.Line($"  = {remedy}");
    }

    private static string Word(VirtualRouterState state) => state switch
    {
        VirtualRouterState.Initialize => "initialize",
        VirtualRouterState.Backup => "backup",
        VirtualRouterState.Active => "active",
        VirtualRouterState.Fault => "fault",
    };

    private static Style StyleOf(VirtualRouterState state) => state switch
    {
        VirtualRouterState.Initialize => new Style(Color.Yellow),
        VirtualRouterState.Backup => Style.Plain,
        VirtualRouterState.Active => new Style(Color.Green, decoration: Decoration.Bold),
        VirtualRouterState.Fault => new Style(Color.Red, decoration: Decoration.Bold),
    };
}
