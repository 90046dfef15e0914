using System.Globalization;

namespace Vigie.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchmarkOptions
{
    private const int MostRuns = 100;
    private const int MostMinutes = 12;

    /// <summary>As few and short runs as show that it works; the figures mean little.</summary>
    public bool Quick { get; private init; }

    /// <summary>Repetitions of each measurement, when asked for.</summary>
    public int? Runs { get; private init; }

    /// <summary>How long something is watched that needs time more than repetitions, when asked for.</summary>
    public int? Minutes { get; private init; }

    /// <summary>The file that gets the tables as Markdown.</summary>
    public string? Markdown { get; private init; }

    /// <summary>The arguments as they were given.</summary>
    public string Command { get; private init; } = "";

    /// <summary>Null when the arguments make no sense.</summary>
    public static BenchmarkOptions? Parse(string[] arguments)
    {
        var options = new BenchmarkOptions { Command = string.Join(' ', arguments) };
        for (var i = 1; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--quick":
                    options = options with { Quick = true };
                    break;
                case "--runs" when i + 1 < arguments.Length
                    && int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var runs) && runs is > 0 and <= MostRuns:
                    options = options with { Runs = runs };
                    i++;
                    break;
                case "--minutes" when i + 1 < arguments.Length
                    && int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes is > 0 and <= MostMinutes:
                    options = options with { Minutes = minutes };
                    i++;
                    break;
                case "--markdown" or "--output" when i + 1 < arguments.Length:
                    options = options with { Markdown = arguments[++i] };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }

    /// <summary>How often to repeat: as asked for, else as usual.</summary>
    public int Repeat(int usual, int quick = 1) => Runs ?? (Quick ? quick : usual);
}
