using System.Globalization;

namespace Vigie.Bench;

/// <summary>What the machine's processors did, in seconds of one of them: the first line of /proc/stat.</summary>
internal readonly record struct ProcessorTime(double Busy, double Stolen)
{
    private const int Idle = 3;
    private const int WaitingForDisk = 4;
    private const int StolenByTheHost = 7;
    private const double TicksPerSecond = 100;

    public static ProcessorTime operator -(ProcessorTime later, ProcessorTime earlier) => new(later.Busy - earlier.Busy, later.Stolen - earlier.Stolen);

    public static ProcessorTime Read()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
            .Select(field => double.Parse(field, CultureInfo.InvariantCulture) / TicksPerSecond).ToArray();
        return new ProcessorTime(fields.Sum() - fields[Idle] - fields[WaitingForDisk], fields[StolenByTheHost]);
    }

    /// <summary>Both as shares of what all processors could have done in that time.</summary>
    public (string Busy, string Stolen) Shares(TimeSpan time)
    {
        var whole = time.TotalSeconds * Environment.ProcessorCount;
        return (string.Create(CultureInfo.InvariantCulture, $"{100 * Busy / whole:0} %"), string.Create(CultureInfo.InvariantCulture, $"{100 * Stolen / whole:0.0} %"));
    }
}
