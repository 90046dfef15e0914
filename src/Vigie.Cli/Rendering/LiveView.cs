namespace Vigie.Cli.Rendering;

/// <summary>
/// Shows one snapshot after another: in place on a terminal, on a screen of its own so that what was there before comes
/// back at the end; elsewhere one below the other.
/// </summary>
internal sealed class LiveView(Terminal terminal, bool isInPlace) : IDisposable
{
    private const string EnterScreen = "\e[?1049h\e[?25l";
    private const string LeaveScreen = "\e[?25h\e[?1049l";
    private const string Home = "\e[H";
    private const string ClearToLineEnd = "\e[K";
    private const string ClearBelow = "\e[J";

    private string _last = "";
    private bool _isOpen;

    /// <param name="title">Stands above the snapshot; empty for none.</param>
    /// <param name="render">Draws for a terminal of the size that it has now.</param>
    public void Show(string title, Func<Terminal, string> render)
    {
        var output = terminal.Out;
        if (!isInPlace)
        {
            output.Write(title + render(terminal) + (title.Length > 0 ? "\n" : ""));
            output.Flush();
            return;
        }

        var now = terminal.Measured();
        _last = render(now);
        var lines = (title + _last).TrimEnd('\n').Split('\n');
        var shown = Fit(lines, now);
        if (!_isOpen)
            output.Write(EnterScreen);
        _isOpen = true;
        output.Write(Home + string.Join(ClearToLineEnd + "\n", shown) + ClearToLineEnd + ClearBelow);
        output.Flush();
    }

    /// <summary>What does not fit the window would scroll, and then nothing is in place any more: it is cut, and counted.</summary>
    private static IEnumerable<string> Fit(string[] lines, Terminal window)
    {
        if (lines.Sum(line => Rows(line, window.Width)) <= window.Height)
            return lines;
        List<string> shown = [];
        var left = window.Height - 1; // one for saying so
        foreach (var line in lines)
        {
            left -= Rows(line, window.Width);
            if (left < 0)
                break;
            shown.Add(line);
        }

        var note = $"... {lines.Length - shown.Count} more lines: enlarge the window";
        shown.Add(note.Length <= window.Width ? note : "...");
        return shown;
    }

    /// <summary>How many rows a line takes: the terminal wraps it, and colours take no room.</summary>
    private static int Rows(string line, int width)
    {
        var columns = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] != '\e')
                columns++;
            else
                while (i + 1 < line.Length && !char.IsAsciiLetter(line[i])) // colours end with a letter
                    i++;
        }

        return Math.Max(1, (columns + width - 1) / width);
    }

    /// <summary>Gives the terminal back, with the last snapshot left to read.</summary>
    public void Dispose()
    {
        if (!_isOpen)
            return;
        _isOpen = false;
        terminal.Out.Write(LeaveScreen + _last);
        terminal.Out.Flush();
    }
}
