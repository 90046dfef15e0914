using System.Globalization;

namespace Vigie.Bench.Reporting;

/// <summary>Measured values of one cell, in one unit.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public int Count => _values.Count;

    public double Median
    {
        get
        {
            var sorted = _values.Order().ToList();
            return sorted.Count == 0
                ? double.NaN
                : sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
        }
    }

    public double Worst => _values.Count == 0 ? double.NaN : _values.Max();

    public void Add(double value) => _values.Add(value);

    public static string Text(double value) => double.IsNaN(value)
        ? "-"
        : value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);

    /// <summary>This against the other: below 1 is better where less is better.</summary>
    public string RatioTo(Samples other) => Text(Median / other.Median);
}
