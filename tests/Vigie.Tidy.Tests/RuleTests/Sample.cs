using Vigie.Tidy.Tests.Repository;
using Vigie.Tidy.Tests.Rules;
using Xunit;

namespace Vigie.Tidy.Tests.RuleTests;

/// <summary>Made-up files that break a rule, and how a complaint about them is expected.</summary>
internal static class Sample
{
    public static IReadOnlyList<Exemption> NoExemptions { get; } = [];

    public static SourceFile Source(string path, string text) => new(path, text);

    public static TextFile Text(string path, string text) => new(path, text);

    /// <summary>Exactly these complaints, each recognised by a part of it.</summary>
    public static void Complains(IReadOnlyList<string> problems, params string[] parts)
    {
        Assert.Equal(parts.Length, problems.Count);
        foreach (var (problem, part) in problems.Zip(parts))
            Assert.Contains(part, problem, StringComparison.Ordinal);
    }
}
