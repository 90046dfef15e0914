using System.Text.RegularExpressions;
using Xunit;

namespace Vigie.Core.Tests;

/// <summary>docs/conformance.md names tests and members that exist, and leaves no conformance test out. It reads sources only.</summary>
public sealed partial class ConformanceDocumentTests
{
    private static readonly string Root = FindRoot();
    private static readonly string Document = File.ReadAllText(Path.Combine(Root, "docs", "conformance.md"));

    [Fact]
    public void Every_test_it_names_exists()
    {
        var tests = TestsByClass();
        Assert.All(Names().Where(IsTest), name =>
        {
            var (type, method) = Split(name);
            Assert.True(tests.TryGetValue(type, out var methods) && methods.Contains(method), $"no test {name}");
        });
    }

    [Fact]
    public void Every_member_it_names_exists()
    {
        var sources = Sources("src").ToLookup(path => Path.GetFileName(path).Split('.')[0], File.ReadAllText);
        Assert.All(Names().Where(name => !IsTest(name)), name =>
        {
            var (type, member) = Split(name);
            Assert.True(sources[type].Any(text => Regex.IsMatch(text, $@"\b{member}\b")), $"no member {name}");
        });
    }

    [Fact]
    public void Every_conformance_test_is_named_in_it()
    {
        var named = Names().ToHashSet();
        var expected = TestsByClass()
            .Where(c => c.Key.StartsWith("Rfc", StringComparison.Ordinal)
                || (c.Key.StartsWith("Conformance", StringComparison.Ordinal) && c.Key != nameof(ConformanceDocumentTests)))
            .SelectMany(c => c.Value.Select(method => $"{c.Key}.{method}")).ToList();

        Assert.True(expected.Count > 100, $"only {expected.Count} conformance tests were found: has the layout changed?");
        Assert.All(expected, test => Assert.True(named.Contains(test), $"{test} is not in docs/conformance.md"));
    }

    [Fact]
    public void Every_clause_is_shown_by_a_test_or_says_why_not()
    {
        var rows = Document.Split('\n').Where(line => ClauseRow().IsMatch(line)).ToList();

        Assert.True(rows.Count > 100, $"only {rows.Count} clauses were found: has the layout changed?");
        Assert.All(rows, row =>
        {
            var cells = row.Split('|', StringSplitOptions.TrimEntries);
            Assert.True(cells.Length == 6, $"not four cells: {row}");
            Assert.True(
                Backticked().Matches(cells[4]).Any(m => IsTest(m.Groups[1].Value)) || Reason().IsMatch(cells[4]),
                $"neither a test nor a reason: {row}");
        });
    }

    [Fact]
    public void No_clause_stands_there_twice()
    {
        var part = "";
        List<string> clauses = [];
        foreach (var line in Document.Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                part = line.Contains("3768", StringComparison.Ordinal) ? "RFC 3768 " : "RFC 9568 ";
            if (ClauseRow().IsMatch(line))
                clauses.Add(part + line.Split('|', StringSplitOptions.TrimEntries)[1]);
        }

        Assert.Equal(clauses.Distinct(), clauses);
    }

    private static IEnumerable<string> Names() => Backticked().Matches(Document).Select(m => m.Groups[1].Value).Distinct();

    private static bool IsTest(string name) => Split(name).Type.EndsWith("Tests", StringComparison.Ordinal);

    private static (string Type, string Member) Split(string name) => (name[..name.IndexOf('.')], name[(name.IndexOf('.') + 1)..]);

    private static Dictionary<string, HashSet<string>> TestsByClass() => Sources("tests")
        .Where(path => path.EndsWith("Tests.cs", StringComparison.Ordinal))
        .GroupBy(path => Path.GetFileNameWithoutExtension(path))
        .ToDictionary(g => g.Key, g => g.SelectMany(path => Test().Matches(File.ReadAllText(path)).Select(m => m.Groups[1].Value)).ToHashSet());

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Vigie.slnx")))
                return folder.FullName;
        throw new InvalidOperationException("the tests do not run inside the repository");
    }

    /// <summary>Type.Member between backticks; a path has a slash or an asterisk and is none.</summary>
    [GeneratedRegex(@"`([A-Z]\w+\.[A-Z]\w+)`")]
    private static partial Regex Backticked();

    /// <summary>A test method: the attribute, any further attributes, the signature.</summary>
    [GeneratedRegex(@"\[(?:Fact|Theory)[^\]]*\]\s+(?:\[[^\n]*\][^\n]*\s+)*public (?:async )?\w+ (\w+)\(")]
    private static partial Regex Test();

    [GeneratedRegex(@"^\| \d+\.")]
    private static partial Regex ClauseRow();

    [GeneratedRegex("not done|[Dd]eviates|kernel|[Oo]perator", RegexOptions.IgnoreCase)]
    private static partial Regex Reason();
}
