// The view in place: it never writes more rows than the window has, and says what is missing.
using Vigie.Cli.Rendering;
using Xunit;

namespace Vigie.Cli.Tests;

public sealed class LiveViewTests
{
    private const int Height = 24, Width = 80;

    [Fact]
    public void A_snapshot_that_just_fits_is_shown_whole()
    {
        var shown = Show(Lines(Height));

        Assert.Equal(Height, shown.Length);
        Assert.StartsWith("line 24", shown[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_cut_and_counted()
    {
        var shown = Show(Lines(Height + 10));

        Assert.Equal(Height, shown.Length);
        Assert.StartsWith("line 23", shown[^2], StringComparison.Ordinal);
        Assert.StartsWith("... 11 more lines", shown[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_the_terminal_wraps_counts_as_the_rows_that_it_takes()
    {
        var shown = Show(new string('x', 2 * Width + 1) + "\n" + Lines(Height - 1));

        Assert.Equal(Height - 2, shown.Length); // the first takes three
        Assert.StartsWith("... 3 more lines", shown[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Colours_take_no_room()
    {
        var colored = "\e[1;32m" + new string('x', Width) + "\e[0m";

        Assert.Equal(Height, Show(colored + "\n" + Lines(Height - 1)).Length);
    }

    private static string Lines(int count) => string.Concat(Enumerable.Range(1, count).Select(n => $"line {n}\n"));

    private static string[] Show(string snapshot)
    {
        using var output = new StringWriter();
        var terminal = new Terminal { Out = output, Error = TextWriter.Null, Height = Height, Width = Width };
        using var view = new LiveView(terminal, isInPlace: true);
        view.Show("", _ => snapshot);
        return output.ToString().Split('\n');
    }
}
