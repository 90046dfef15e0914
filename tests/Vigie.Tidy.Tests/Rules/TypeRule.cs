using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Vigie.Tidy.Tests.Repository;

namespace Vigie.Tidy.Tests.Rules;

/// <summary>One type per file, called like the file, introduced in words; public types of Core have XML docs.</summary>
public static partial class TypeRule
{
    public const string AllowedIn = "tests/Vigie.Tidy.Tests/Allowed/AllowedFamilies.cs";

    public static IReadOnlyList<string> CheckOnePerFile(IEnumerable<SourceFile> files, IReadOnlyCollection<Exemption> exemptions)
    {
        var found = new Dictionary<string, string>();
        foreach (var file in files)
        {
            var types = file.TopLevelTypes.Select(SourceFile.NameOf).Distinct().ToList();
            if (!IsClosedFamily(file))
                found[file.Path] = $"{file.Path} declares {string.Join(", ", types)}: one type per file, except a closed family";
            else if (types.Count > 0 && !types.Contains(file.File.Name.Split('.')[0]))
                found[file.Path] = $"{file.Path} declares {string.Join(", ", types)}: call the file like its type";
        }

        return Exemption.Apply(found, exemptions, AllowedIn);
    }

    /// <summary>Style 10: a file says what it is, in a comment or in the XML docs of its type, before the first brace.</summary>
    public static IReadOnlyList<string> CheckOpenings(IEnumerable<SourceFile> files)
    {
        var problems = new List<string>();
        foreach (var file in files)
        {
            var first = file.TopLevelTypes.FirstOrDefault();
            var end = first is null ? file.File.Text.Length : first.SpanStart;
            // Another part of a partial type may open with the comment alone; a file of statements likewise.
            if (!file.File.Text[..end].Contains("//", StringComparison.Ordinal))
                problems.Add($"{file.Path} opens without a sentence that says what it is");
        }

        return problems;
    }

    public static IReadOnlyList<string> CheckDocumented(IEnumerable<SourceFile> files)
    {
        var problems = new List<string>();
        foreach (var byName in files.SelectMany(file => file.Root.DescendantNodes().OfType<MemberDeclarationSyntax>()
                     .Where(member => SourceFile.NameOf(member) != "" && IsPublic(member))
                     .Select(member => (file, member)))
                     .GroupBy(found => SourceFile.NameOf(found.member)))
        {
            // One part of a partial type carries the docs for all.
            if (byName.Any(found => HasDocs(found.member)))
                continue;
            var (file, member) = byName.First();
            problems.Add($"{file.Path}:{SourceFile.LineOf(member)}: public type {byName.Key} has no XML docs");
        }

        return problems;
    }

    // A base type with all its cases, or one type with the plain data (enums, records, structs) that it names, that
    // names it, or that shares its first word (ArpPacket, ArpError): one idea, read together. A second class or
    // interface is a second idea.
    private static bool IsClosedFamily(SourceFile file)
    {
        var types = file.TopLevelTypes.GroupBy(SourceFile.NameOf).Select(parts => parts.ToList()).ToList();
        if (types.Count <= 1 || types.Any(root => types.All(type => type == root || type.Any(part => Derives(part, SourceFile.NameOf(root[0]))))))
            return true;
        var joined = Start(types);
        for (var before = 0; before < joined.Count;)
        {
            before = joined.Count;
            joined.UnionWith(types.Where(type => type.Any(part => Names(part).Overlaps(joined)) || (type.All(IsData) && joined.Contains(FirstWord(type[0])))).Select(type => SourceFile.NameOf(type[0])));
            joined.UnionWith(types.Where(type => joined.Contains(SourceFile.NameOf(type[0]))).SelectMany(type => type.SelectMany(Names)));
        }

        return types.All(type => joined.Contains(SourceFile.NameOf(type[0]))) && types.Count(type => !type.All(IsData)) <= 1;
    }

    private static HashSet<string> Start(List<List<MemberDeclarationSyntax>> types)
    {
        var main = (types.Find(type => !type.All(IsData)) ?? types[0])[0];
        return [SourceFile.NameOf(main), FirstWord(main)];
    }

    private static string FirstWord(MemberDeclarationSyntax type) => FirstWordOf().Match(SourceFile.NameOf(type)).Value + "*";

    private static bool IsData(MemberDeclarationSyntax type) =>
        type is EnumDeclarationSyntax or RecordDeclarationSyntax or StructDeclarationSyntax or DelegateDeclarationSyntax;

    private static HashSet<string> Names(MemberDeclarationSyntax type) =>
        [.. type.DescendantNodes().OfType<SimpleNameSyntax>().Select(name => name.Identifier.Text)];

    private static bool Derives(MemberDeclarationSyntax type, string root) =>
        (type as BaseTypeDeclarationSyntax)?.BaseList?.Types.Any(given => NameOf(given.Type) == root) == true;

    private static string NameOf(TypeSyntax type) => type switch
    {
        SimpleNameSyntax simple => simple.Identifier.Text,
        QualifiedNameSyntax qualified => qualified.Right.Identifier.Text,
        _ => type.ToString(),
    };

    private static bool IsPublic(MemberDeclarationSyntax member) =>
        member.Modifiers.Any(SyntaxKind.PublicKeyword) &&
        member.Ancestors().OfType<BaseTypeDeclarationSyntax>().All(outer => outer.Modifiers.Any(SyntaxKind.PublicKeyword));

    private static bool HasDocs(MemberDeclarationSyntax member) =>
        member.GetLeadingTrivia().Any(trivia => trivia.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia));

    [GeneratedRegex("^.[a-z0-9]*")]
    private static partial Regex FirstWordOf();
}
