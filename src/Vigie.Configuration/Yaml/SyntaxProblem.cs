using System.Buffers;
using YamlDotNet.Core;

namespace Vigie.Configuration.Yaml;

/// <summary>Turns the parser's complaint into one that names the usual cause.</summary>
internal static class SyntaxProblem
{
    private static readonly SearchValues<char> WordCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz_");

    public static void Report(YamlException exception, string text, ProblemList problems)
    {
        var line = (int)Math.Max(1, exception.Start.Line);
        var column = (int)Math.Max(1, exception.Start.Column);
        var toLine = exception.Message.Contains("tab", StringComparison.Ordinal) ? int.MaxValue - 1 : (int)exception.End.Line;
        if (ReportCommonCause(text, line, toLine, problems))
            return;
        var length = exception.End.Line == exception.Start.Line ? (int)(exception.End.Column - exception.Start.Column) : 1;
        var (message, remedy) = Explain(exception.Message);
        problems.Error(Within(text, new TextSpan(line, column, Math.Max(1, length))), message, remedy);
    }

    /// <summary>The parser counts one line more when the last one has no line break.</summary>
    private static TextSpan Within(string text, TextSpan span)
    {
        var lines = SourceLines.Split(text);
        return span.Line <= lines.Count ? span : new TextSpan(lines.Count, lines[^1].Length + 1, 1);
    }

    /// <summary>
    /// For a failure of the parser that names no place: all that is known is the last thing that was read, and the
    /// innermost list or mapping that is still open.
    /// </summary>
    public static void ReportAfter(TextSpan last, TextSpan open, string text, ProblemList problems)
    {
        if (ReportCommonCause(text, last.Line, last.Line, problems))
            return;
        var lines = SourceLines.Split(text);
        var openLine = open.Line >= 1 && open.Line <= lines.Count ? lines[open.Line - 1] : "";
        if (open.Column >= 1 && open.Column <= openLine.Length && openLine[open.Column - 1] is '[' or '{')
            problems.Error(open with { Length = 1 }, $"'{openLine[open.Column - 1]}' is not closed, or a ',' is missing behind it",
                "write [value, value] or {key: value, key: value}");
        else
            problems.Error(last with { Length = Math.Max(1, last.Length) }, "what follows this is not valid YAML", "check indentation, quotes, brackets and colons around here");
    }

    private static bool ReportCommonCause(string text, int line, int toLine, ProblemList problems)
    {
        if (FindTab(text, line, toLine) is { } tab)
            problems.Error(tab, "a tab is used for indentation, which YAML does not allow", "replace the tab by spaces");
        else if (FindColonWithoutSpace(text, line) is { } colon)
            problems.Error(colon, "there is no space after this colon, so YAML reads no key here", "write 'key: value'");
        else
            return false;
        return true;
    }

    /// <summary>
    /// The parser words its messages "While doing this, found that." Known ones get an explanation; others keep the
    /// parser's words. Tests pin the known ones, so a new version of the parser that changes them is noticed.
    /// </summary>
    private static (string Message, string Remedy) Explain(string message)
    {
        if (message.Contains("invalid mapping", StringComparison.Ordinal))
            return ("this line does not fit: a 'key: value' where the value of an earlier key is still being read",
                "check the lines up to here: each ':' needs a space after it, and keys of one block the same indentation");
        if (message.Contains("did not find expected key", StringComparison.Ordinal)
            || message.Contains("did not find expected '-' indicator", StringComparison.Ordinal))
            return ("this does not belong to the block above it",
                "give keys of one block, and items of one list, the same indentation; one value per key");
        if (message.Contains("quoted scalar, found unexpected end of stream", StringComparison.Ordinal))
            return ("the text that starts here has no closing quote", "close the quote on the same line");
        if (message.Contains("wrong indentation", StringComparison.Ordinal) && message.Contains("quoted", StringComparison.Ordinal))
            return ("the text that starts here has no closing quote", "close the quote on the same line");
        if (message.Contains("flow mapping", StringComparison.Ordinal))
            return ("'{' is not closed by '}', or a ',' is missing before here", "write {key: value, key: value}");
        if (message.Contains("flow sequence", StringComparison.Ordinal))
            return ("'[' is not closed by ']', or a ',' is missing before here", "write [value, value]");
        if (message.Contains("cannot start any token", StringComparison.Ordinal))
            return ("a value cannot start with this character", "put the value in quotes: \"...\"");
        if (message.Contains("unknown escape character", StringComparison.Ordinal))
            return ("unknown escape after '\\' in double quotes", "use single quotes, or write '\\\\' for a backslash");
        return ($"not valid YAML: {Lower(message)}", "check indentation, quotes, brackets and colons around here");
    }

    private static string Lower(string message)
    {
        var trimmed = message.TrimEnd('.').ReplaceLineEndings(" ");
        return trimmed.Length == 0 ? "the parser gave up here" : char.ToLowerInvariant(trimmed[0]) + trimmed[1..];
    }

    /// <summary>A word and a colon, with the value right behind it, at the start of the line or of the one before.</summary>
    private static TextSpan? FindColonWithoutSpace(string text, int atLine)
    {
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (number > atLine)
                break;
            var start = line.IndexOfAnyExcept(" -");
            if (number < atLine - 1 || start < 0)
                continue;
            var word = line[start..].IndexOfAnyExcept(WordCharacters);
            var colon = start + word;
            if (word > 0 && line[colon] == ':' && colon + 1 < line.Length && line[colon + 1] is not (' ' or '\t' or ':'))
                return new TextSpan(number, colon + 1, 1);
        }

        return null;
    }

    /// <summary>A tab in the indentation of the lines concerned, or of the one after them.</summary>
    private static TextSpan? FindTab(string text, int fromLine, int toLine)
    {
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (number < fromLine)
                continue;
            if (number > Math.Max(fromLine, toLine) + 1)
                break;
            var indentation = line[..(line.Length - line.TrimStart(" \t").Length)];
            var tab = indentation.IndexOf('\t');
            if (tab >= 0 && indentation.Length < line.Length)
                return new TextSpan(number, tab + 1, 1);
        }

        return null;
    }
}
