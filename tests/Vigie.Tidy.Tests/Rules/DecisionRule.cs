using System.Text.RegularExpressions;
using Vigie.Tidy.Tests.Repository;

namespace Vigie.Tidy.Tests.Rules;

/// <summary>Decisions are numbered without gaps, and their list links every one.</summary>
public static partial class DecisionRule
{
    public static IReadOnlyList<string> Check(IEnumerable<string> names, TextFile list)
    {
        var problems = new List<string>();
        var next = 1;
        foreach (var name in names.Where(name => name != "README.md").Order(StringComparer.Ordinal))
        {
            if (!Numbered().IsMatch(name))
                problems.Add($"docs/decisions/{name} is not called NNNN-words-with-hyphens.md");
            else if (int.Parse(name[..4], System.Globalization.CultureInfo.InvariantCulture) != next++)
                problems.Add($"docs/decisions/{name} should have number {next - 1:0000}");
            if (!list.Text.Contains($"]({name})", StringComparison.Ordinal))
                problems.Add($"{list.Path} does not link {name}");
        }

        return problems;
    }

    [GeneratedRegex(@"^\d{4}(-[a-z0-9]+)+\.md$")]
    private static partial Regex Numbered();
}
