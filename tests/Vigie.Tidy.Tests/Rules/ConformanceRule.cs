using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Vigie.Tidy.Tests.Repository;

namespace Vigie.Tidy.Tests.Rules;

/// <summary>
/// The conformance page: each clause is shown by a test or says why not, none stands there twice, and no conformance test is
/// missing from it. That the tests it names exist is the business of <see cref="DocumentRule"/>.
/// </summary>
public static partial class ConformanceRule
{
    private const int CellsOfARow = 4;

    /// <param name="page">Tables of clause, demand, place in the code, evidence, under headings that name the RFC.</param>
    /// <param name="sources">Where the tests are.</param>
    public static IReadOnlyList<string> Check(TextFile page, IEnumerable<SourceFile> sources)
    {
        var tests = sources.SelectMany(TestsIn).ToHashSet();
        return [.. CheckRows(page, tests), .. tests.Where(BelongsOnThePage).Order(StringComparer.Ordinal)
            .Where(test => !page.Text.Contains($"`{test}`", StringComparison.Ordinal))
            .Select(test => $"{page.Path} does not name {test}")];
    }

    private static List<string> CheckRows(TextFile page, HashSet<string> tests)
    {
        List<string> problems = [];
        HashSet<string> clauses = [];
        var heading = "";
        for (var i = 0; i < page.Lines.Count; i++)
        {
            var line = page.Lines[i];
            if (line.StartsWith("## ", StringComparison.Ordinal))
                heading = Document().Match(line).Value;
            if (!Row().IsMatch(line))
                continue;
            var cells = line.Split('|', StringSplitOptions.TrimEntries)[1..^1];
            if (cells.Length != CellsOfARow)
                problems.Add($"{page.Path}:{i + 1}: {cells.Length} cells instead of {CellsOfARow}");
            else if (!Backticked().Matches(cells[^1]).Any(name => tests.Contains(name.Groups["name"].Value)) && !Reason().IsMatch(cells[^1]))
                problems.Add($"{page.Path}:{i + 1}: neither a test nor a reason for clause {cells[0]}");
            if (!clauses.Add($"{heading} {cells[0]}"))
                problems.Add($"{page.Path}:{i + 1}: clause {cells[0]} stands there twice");
        }

        if (clauses.Count == 0)
            problems.Add($"{page.Path} holds no clause");
        return problems;
    }

    private static bool BelongsOnThePage(string test) => ConformanceClass().IsMatch(test);

    private static IEnumerable<string> TestsIn(SourceFile file) =>
        from type in file.Root.DescendantNodes().OfType<ClassDeclarationSyntax>()
        from method in type.Members.OfType<MethodDeclarationSyntax>()
        where method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() is "Fact" or "Theory")
        select $"{type.Identifier.Text}.{method.Identifier.Text}";

    [GeneratedRegex("`(?<name>[^`]+)`")]
    private static partial Regex Backticked();

    [GeneratedRegex(@"^\| \d+\.")]
    private static partial Regex Row();

    [GeneratedRegex(@"RFC \d+")]
    private static partial Regex Document();

    [GeneratedRegex(@"\b([Nn]ot done|[Dd]eviates|[Kk]ernel|[Oo]perator)\b")]
    private static partial Regex Reason();

    [GeneratedRegex(@"^(Rfc\d+\w*|Conformance(?!Rule)\w+)Tests\.")]
    private static partial Regex ConformanceClass();
}
