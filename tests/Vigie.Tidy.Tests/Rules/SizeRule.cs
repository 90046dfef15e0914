using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Vigie.Tidy.Tests.Repository;

namespace Vigie.Tidy.Tests.Rules;

/// <summary>Files and functions a reader can hold in mind; a longer one says why.</summary>
public static class SizeRule
{
    public const int FileLines = 400;
    public const int FunctionLines = 60;
    public const string AllowedIn = "tests/Vigie.Tidy.Tests/Allowed/AllowedSizes.cs";

    public static IReadOnlyList<string> Check(IEnumerable<SourceFile> files, IReadOnlyCollection<Exemption> exemptions)
    {
        var found = new Dictionary<string, string>();
        foreach (var file in files)
        {
            if (file.File.Lines.Count > FileLines)
                found[file.Path] = $"{file.Path} has {file.File.Lines.Count} lines, more than {FileLines}: split it";
            foreach (var function in file.Root.DescendantNodes().Where(IsFunction))
            {
                var span = function.GetLocation().GetLineSpan();
                var lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
                if (lines > FunctionLines)
                    found[$"{file.Path} {NameOf(function)}"] =
                        $"{file.Path}:{SourceFile.LineOf(function)}: {NameOf(function)} has {lines} lines, more than {FunctionLines}: split it";
            }
        }

        return Exemption.Apply(found, exemptions, AllowedIn);
    }

    private static bool IsFunction(SyntaxNode node) =>
        node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax;

    private static string NameOf(SyntaxNode function) => function switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        LocalFunctionStatementSyntax local => local.Identifier.Text,
        AccessorDeclarationSyntax { Parent.Parent: PropertyDeclarationSyntax property } => property.Identifier.Text,
        _ => function.Kind().ToString(),
    };
}
