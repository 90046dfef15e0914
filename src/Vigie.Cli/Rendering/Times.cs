using System.Globalization;

namespace Vigie.Cli.Rendering;

/// <summary>Times for people: how long ago, and when.</summary>
internal static class Times
{
    /// <summary>The two largest units: 12s, 3m 12s, 2h 5m, 4d 3h. Less than nothing (clocks differ) is 0s.</summary>
    public static string Length(TimeSpan span)
    {
        var seconds = Math.Max(0, (long)span.TotalSeconds);
        return seconds switch
        {
            < 60 => $"{seconds}s",
            < 3600 => Two(seconds / 60, "m", seconds % 60, "s"),
            < 86400 => Two(seconds / 3600, "h", seconds / 60 % 60, "m"),
            _ => Two(seconds / 86400, "d", seconds / 3600 % 24, "h"),
        };
    }

    public static string Clock(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>To the millisecond.</summary>
    public static string ExactClock(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static string Two(long large, string largeUnit, long small, string smallUnit) =>
        small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit} {small}{smallUnit}";
}
