using System.Text.RegularExpressions;
using Vigie.Tidy.Tests.Repository;

namespace Vigie.Tidy.Tests.Rules;

/// <summary>What is not there is said in docs/status.md, not in a comment nobody reads again or in a stub.</summary>
public static partial class UnfinishedRule
{
    public static IReadOnlyList<string> Check(IEnumerable<SourceFile> files) =>
    [
        .. from file in files
           from line in Enumerable.Range(0, file.File.Lines.Count)
           where Mark().IsMatch(file.File.Lines[line])
           select $"{file.Path}:{line + 1}: unfinished ({Mark().Match(file.File.Lines[line]).Value}); finish it, or write it down in docs/status.md",
    ];

    // Written with a class in it, or this line would break its own rule.
    [GeneratedRegex(@"\b(TOD[O]|FIXM[E]|HAC[K]|XX[X]|NotImplementedExceptio[n])\b")]
    private static partial Regex Mark();
}
