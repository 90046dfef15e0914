using Microsoft.CodeAnalysis.CSharp.Syntax;
using Vigie.Tidy.Tests.Repository;

namespace Vigie.Tidy.Tests.Rules;

/// <summary>Names that say nothing about what a thing does are not used, neither for types nor for files and folders.</summary>
public static class NameRule
{
    private static readonly string[] Anywhere = ["Utils", "Util", "Utilities", "Helper", "Helpers", "Common", "Manager", "Misc"];

    public static IReadOnlyList<string> Check(IEnumerable<SourceFile> files)
    {
        var problems = new List<string>();
        foreach (var file in files)
        {
            foreach (var part in Path.ChangeExtension(file.Path, null).Split('/', '.'))
                if (Forbidden(part) is { } word)
                    problems.Add($"{file.Path}: a file or folder is called {word}; name it after what it does");
            foreach (var type in file.Root.DescendantNodes().OfType<MemberDeclarationSyntax>())
                if (Forbidden(SourceFile.NameOf(type)) is { } word)
                    problems.Add($"{file.Path}:{SourceFile.LineOf(type)}: {SourceFile.NameOf(type)} contains {word}; name it after what it does");
        }

        return problems;
    }

    // Whole words of a PascalCase name only: Commonality or Baseline would be fine.
    private static string? Forbidden(string name)
    {
        var words = System.Text.RegularExpressions.Regex.Split(name, "(?<=[a-z0-9])(?=[A-Z])");
        return words.FirstOrDefault(word => Anywhere.Contains(word)) ?? (words is ["Base", _, ..] ? "Base" : null);
    }
}
