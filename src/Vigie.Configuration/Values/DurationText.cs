using System.Globalization;

namespace Vigie.Configuration.Values;

/// <summary>What a text that should be a time says: a value, or what is wrong with it and what to write instead.</summary>
internal readonly record struct DurationReading(TimeSpan Value, string? Problem, string? Remedy)
{
    public bool IsValid => Problem is null;

    public static DurationReading Of(TimeSpan value) => new(value, null, null);

    public static DurationReading Wrong(string problem, string remedy) => new(default, problem, remedy);
}

/// <summary>
/// Times as people write them: 100ms, 1.5s, 500us, 2m, 1h, 1m30s. A number without a unit is refused, because other
/// programs read it as seconds, milliseconds or centiseconds.
/// </summary>
internal static class DurationText
{
    /// <summary>The same language for JSON Schema.</summary>
    public const string Pattern = "^([0-9]+(\\.[0-9]+)?h)?([0-9]+(\\.[0-9]+)?m)?([0-9]+(\\.[0-9]+)?s)?([0-9]+(\\.[0-9]+)?ms)?([0-9]+(\\.[0-9]+)?us)?$";

    private const int LongestText = 64;
    private const string Units = "the units are h, m, s, ms and us";

    /// <summary>From large to small, as they follow one another in 1m30s.</summary>
    private static readonly (string Name, long Ticks)[] KnownUnits =
    [
        ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond),
        ("ms", TimeSpan.TicksPerMillisecond), ("us", TimeSpan.TicksPerMicrosecond),
    ];

    private static readonly Dictionary<string, string> OtherNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sec"] = "s", ["secs"] = "s", ["second"] = "s", ["seconds"] = "s", ["S"] = "s",
        ["min"] = "m", ["mins"] = "m", ["minute"] = "m", ["minutes"] = "m",
        ["hour"] = "h", ["hours"] = "h", ["hr"] = "h", ["H"] = "h",
        ["msec"] = "ms", ["msecs"] = "ms", ["millis"] = "ms", ["millisecond"] = "ms", ["milliseconds"] = "ms", ["MS"] = "ms",
        ["usec"] = "us", ["usecs"] = "us", ["µs"] = "us", ["μs"] = "us", ["microsecond"] = "us", ["microseconds"] = "us", ["US"] = "us",
    };

    public static DurationReading Read(string text)
    {
        if (text.Length is 0 or > LongestText)
            return DurationReading.Wrong($"{Quote.Show(text)} is not a time", "write a number and a unit, for example 100ms or 1.5s");
        if (text[0] == '-')
            return DurationReading.Wrong($"{Quote.Show(text)}: a time cannot be negative", "remove the minus sign");
        if (text.Any(char.IsWhiteSpace))
            return DurationReading.Wrong($"{Quote.Show(text)}: number and unit stand together", $"write {Quote.Plain(WithoutSpaces(text))}");

        decimal ticks = 0;
        var unitsDone = 0;
        for (var at = 0; at < text.Length;)
        {
            var number = TakeWhile(text, ref at, character => char.IsAsciiDigit(character) || character == '.');
            var unit = TakeWhile(text, ref at, character => !char.IsAsciiDigit(character) && character != '.');
            if (!TryNumber(number, out var value))
                return DurationReading.Wrong($"{Quote.Show(text)} is not a time", "write a number and a unit, for example 100ms or 1.5s");
            if (unit.Length == 0)
                return DurationReading.Wrong(number == text ? $"{Quote.Show(text)} has no unit" : $"{Quote.Show(text)} has no unit after {number}", $"write {number}s for seconds or {number}ms for milliseconds");
            var index = Array.FindIndex(KnownUnits, known => known.Name == unit);
            if (index < 0)
                return UnknownUnit(text, number, unit);
            if (index < unitsDone)
                return DurationReading.Wrong($"{Quote.Show(text)}: units go from large to small, each once", "write for example 1m30s");
            unitsDone = index + 1;
            ticks += value * KnownUnits[index].Ticks;
        }

        if (ticks != decimal.Truncate(ticks))
            return DurationReading.Wrong($"{Quote.Show(text)} is finer than 100 nanoseconds", "write it with fewer decimals");
        return ticks > long.MaxValue
            ? DurationReading.Wrong($"{Quote.Show(text)} is too long a time", "write a shorter time")
            : DurationReading.Of(new TimeSpan((long)ticks));
    }

    /// <summary>The shortest text without a fraction: 1s, 40950ms, 90s, 24h.</summary>
    public static string Format(TimeSpan time)
    {
        var ticks = time.Ticks;
        var (name, unit) = ticks switch
        {
            _ when ticks >= TimeSpan.TicksPerHour && ticks % TimeSpan.TicksPerHour == 0 => ("h", TimeSpan.TicksPerHour),
            _ when ticks % TimeSpan.TicksPerSecond == 0 => ("s", TimeSpan.TicksPerSecond),
            _ when ticks % TimeSpan.TicksPerMillisecond == 0 => ("ms", TimeSpan.TicksPerMillisecond),
            _ => ("us", TimeSpan.TicksPerMicrosecond),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{(decimal)ticks / unit:0.#}{name}");
    }

    private static string WithoutSpaces(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));

    private static DurationReading UnknownUnit(string text, string number, string unit) =>
        OtherNames.TryGetValue(unit, out var known)
            ? DurationReading.Wrong($"{Quote.Show(text)}: unknown unit {Quote.Show(unit)}", $"write {number}{known}; {Units}")
            : DurationReading.Wrong($"{Quote.Show(text)}: unknown unit {Quote.Show(unit)}", Units);

    private static string TakeWhile(string text, ref int at, Func<char, bool> wanted)
    {
        var start = at;
        while (at < text.Length && wanted(text[at]))
            at++;
        return text[start..at];
    }

    private static bool TryNumber(string text, out decimal value)
    {
        value = 0;
        // At most 15 characters: enough for any time, and no sum of five units overflows.
        return text.Length is > 0 and <= 15 && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[^1])
            && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
    }
}
