using Spectre.Console;
using Vigie.Contract;

namespace Vigie.Cli.Rendering;

/// <summary>An event as a line for people, with the remedy below it.</summary>
internal static class EventView
{
    public static string Render(EventDocument document, TimeZoneInfo zone, bool hasColor)
    {
        var (word, style) = document.Severity switch
        {
            EventSeverity.Info => ("info", Style.Plain),
            EventSeverity.Warning => ("warning", new Style(Color.Yellow)),
            EventSeverity.Error => ("error", new Style(Color.Red, decoration: Decoration.Bold)),
        };
        var line = new Paragraph()
            .Append($"{Times.ExactClock(TimeZoneInfo.ConvertTime(document.Time, zone))} ", new Style(decoration: Decoration.Dim))
            .Append($"{word,-7} ", style);
        if (document.VirtualRouter is not null)
            line.Append($"{document.VirtualRouter}: ", new Style(decoration: Decoration.Bold));
        line.Append(document.Message);
        var canvas = new Canvas(Canvas.Unbounded, hasColor);
        canvas.Draw(line);
        canvas.Line("");
        if (document.Remedy is not null)
            canvas.Line($"  = {document.Remedy}");
        return canvas.ToString();
    }
}
