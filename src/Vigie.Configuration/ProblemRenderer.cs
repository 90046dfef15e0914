using System.Text;

namespace Vigie.Configuration;

/// <summary>
/// Shows problems as good compilers do: place and message, the source line, a caret below it, the remedy. It decides
/// nothing about the configuration.
/// </summary>
public static class ProblemRenderer
{
    private const int TabWidth = 4;
    private const int WidestLine = 120;
    private const int ContextBeforeCaret = 60;
    private const string Bold = "\e[1m", Red = "\e[1;31m", Yellow = "\e[1;33m", Blue = "\e[34m", Reset = "\e[0m";

    /// <summary>Every problem in the given order, each ended by a line break; empty when there is none.</summary>
    /// <param name="problems">What to show.</param>
    /// <param name="text">The text of the file, for the source lines.</param>
    /// <param name="fileName">Shown in front of every place.</param>
    /// <param name="color">Whether to add colours for a terminal.</param>
    public static string Render(IEnumerable<ConfigurationProblem> problems, string text, string fileName, bool color)
    {
        var lines = SourceLines.Split(text);
        var output = new StringBuilder();
        foreach (var problem in problems)
            RenderOne(output, problem, lines, fileName, color);
        return output.ToString();
    }

    private static void RenderOne(StringBuilder output, ConfigurationProblem problem, List<string> lines, string fileName, bool color)
    {
        var (word, paint) = problem.Severity switch
        {
            ProblemSeverity.Error => ("error", Red),
            ProblemSeverity.Warning => ("warning", Yellow),
        };
        var span = problem.Span;
        var place = span.Line == 0 ? fileName : $"{fileName}:{span.Line}:{span.Column}";
        output.Append(color ? $"{Bold}{place}:{Reset} {paint}{word}:{Reset} {Bold}{problem.Message}{Reset}\n" : $"{place}: {word}: {problem.Message}\n");

        var margin = "";
        if (span.Line >= 1 && span.Line <= lines.Count)
        {
            var number = span.Line.ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(4);
            margin = new string(' ', number.Length);
            var (shown, caret, width) = Window(lines[span.Line - 1], span.Column - 1, span.Length, isLast: span.Line == lines.Count);
            var carets = new string(' ', caret) + new string('^', width);
            output.Append(Bar(number, color)).Append(shown.Length == 0 ? "" : " ").Append(shown).Append('\n');
            output.Append(Bar(margin, color)).Append(' ').Append(color ? paint + carets + Reset : carets).Append('\n');
        }

        if (problem.Remedy is not null)
            output.Append(margin).Append(color ? $"{Blue} ={Reset} " : " = ").Append(problem.Remedy).Append('\n');
    }

    private static string Bar(string number, bool color) => color ? $"{Blue}{number} |{Reset}" : $"{number} |";

    /// <summary>The line as it is printed (tabs widened, control characters replaced, long lines cut), and where the caret goes.</summary>
    private static (string Shown, int Caret, int Width) Window(string line, int column, int length, bool isLast)
    {
        if (line.Length == 0 && isLast)
            return ("(end of file)", 0, 1);
        column = Math.Clamp(column, 0, line.Length);
        length = Math.Clamp(length, 0, line.Length - column);
        var from = column > WidestLine - 20 ? column - ContextBeforeCaret : 0;
        var to = Math.Min(line.Length, from + WidestLine);
        var shown = new StringBuilder(from > 0 ? "..." : "");
        int caret = -1, end = -1;
        for (var i = from; i < to; i++)
        {
            if (i == column)
                caret = shown.Length;
            if (i == column + length)
                end = shown.Length;
            if (line[i] == '\t')
                shown.Append(' ', TabWidth);
            else
                shown.Append(char.IsControl(line[i]) ? '?' : line[i]);
        }

        if (caret < 0)
            caret = shown.Length;
        if (end < 0)
            end = shown.Length;
        if (to < line.Length)
            shown.Append("...");
        return (shown.ToString().TrimEnd(), caret, Math.Max(1, end - caret));
    }
}
