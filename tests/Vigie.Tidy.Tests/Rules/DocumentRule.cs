using System.Text.RegularExpressions;
using Vigie.Tidy.Tests.Repository;

namespace Vigie.Tidy.Tests.Rules;

/// <summary>Documents name only what exists: files, links, types and members. Fenced code is not looked at.</summary>
public static partial class DocumentRule
{
    private static readonly string[] Rooms = ["src", "tests", "lab", "bench", "docs", "scripts", ".ci", "bpf", "web"];
    private static readonly string[] FileEndings = [".cs", ".sh", ".md", ".csproj", ".props", ".targets", ".slnx"];

    /// <param name="document">A Markdown file.</param>
    /// <param name="paths">Every file of the repository, from its root.</param>
    /// <param name="symbols">What the sources declare.</param>
    /// <param name="foreign">First words of names that are not ours: packages and the platform.</param>
    public static IReadOnlyList<string> Check(TextFile document, IReadOnlyCollection<string> paths, SymbolIndex symbols, IReadOnlyCollection<string> foreign)
    {
        var problems = new List<string>();
        var fenced = false;
        for (var i = 0; i < document.Lines.Count; i++)
        {
            var line = document.Lines[i];
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
                fenced = !fenced;
            else if (!fenced)
                problems.AddRange(CheckLine(document, line, paths, symbols, foreign).Select(problem => $"{document.Path}:{i + 1}: {problem}"));
        }

        return problems;
    }

    private static IEnumerable<string> CheckLine(TextFile document, string line, IReadOnlyCollection<string> paths, SymbolIndex symbols, IReadOnlyCollection<string> foreign)
    {
        foreach (Match match in Backticked().Matches(line))
        {
            var token = match.Groups["token"].Value;
            if (NamesAPath(token) ? !PathExists(token.Split(' ')[0].TrimEnd('/'), paths) : NamesASymbol(token) && !SymbolExists(token, symbols, foreign))
                yield return $"`{token}` does not exist";
        }

        foreach (Match match in Link().Matches(line))
        {
            var target = match.Groups["target"].Value.Split('#')[0];
            if (target == "" || target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
                continue;
            var from = Path.GetDirectoryName("/" + document.Path)!;
            if (!PathExists(Path.GetFullPath(target, from).TrimStart('/').TrimEnd('/'), paths))
                yield return $"link to {target} leads nowhere";
        }
    }

    private static bool NamesAPath(string token)
    {
        var path = token.Split(' ')[0];
        if (path.StartsWith("./", StringComparison.Ordinal))
            return true;
        if (!PlainPath().IsMatch(path) || path.StartsWith('/'))
            return false;
        return path.Contains('/') ? Rooms.Contains(path.Split('/')[0]) : FileEndings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal) && path != ending);
    }

    private static bool PathExists(string path, IReadOnlyCollection<string> paths)
    {
        path = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
        if (path is "" or ".")
            return true;
        if (path.StartsWith("artifacts/", StringComparison.Ordinal))
            return true;
        return paths.Any(known => known == path || known.StartsWith(path + "/", StringComparison.Ordinal) ||
            (!path.Contains('/') && known.EndsWith("/" + path, StringComparison.Ordinal)));
    }

    // Type.Member, Type.Member(...) or a name of at least two words, such as ElectionLoop.
    private static bool NamesASymbol(string token) => Dotted().IsMatch(token) || TwoWords().IsMatch(token);

    private static bool SymbolExists(string token, SymbolIndex symbols, IReadOnlyCollection<string> foreign)
    {
        var name = token.Split('(', '<')[0];
        if (foreign.Any(prefix => name == prefix || name.StartsWith(prefix + ".", StringComparison.Ordinal)) || symbols.HasNamespace(name))
            return true;
        var parts = name.Split('.');
        return parts.Length == 1
            ? symbols.HasType(name) || symbols.HasMemberAnywhere(name)
            : symbols.HasMember(parts[^2], parts[^1]) || (symbols.HasType(parts[^1]) && symbols.HasNamespace(string.Join('.', parts[..^1])));
    }

    [GeneratedRegex("`(?<token>[^`]+)`")]
    private static partial Regex Backticked();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^[\w./-]+$")]
    private static partial Regex PlainPath();

    [GeneratedRegex(@"^[A-Z]\w*(\.[A-Z]\w*)+(\(.*\)|<.*>)?$")]
    private static partial Regex Dotted();

    [GeneratedRegex(@"^[A-Z][a-z0-9]+([A-Z][a-z0-9]+)+(\(.*\)|<.*>)?$")]
    private static partial Regex TwoWords();
}
