using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Vigie.Tidy.Tests.Repository;

/// <summary>What the sources declare: types with their members, and namespaces. By name only, without binding.</summary>
public sealed class SymbolIndex
{
    private readonly Dictionary<string, HashSet<string>> _members = [];
    private readonly HashSet<string> _namespaces = [];

    public SymbolIndex(IEnumerable<SourceFile> files)
    {
        foreach (var file in files)
        {
            foreach (var space in file.Root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>())
                AddNamespace(space.Name.ToString());
            foreach (var type in file.Root.DescendantNodes().OfType<MemberDeclarationSyntax>())
                if (SourceFile.NameOf(type) is { Length: > 0 } name)
                    AddType(name, type);
        }
    }

    public bool HasNamespace(string name) => _namespaces.Contains(name);

    public bool HasType(string name) => _members.ContainsKey(name);

    public bool HasMember(string type, string member) => _members.TryGetValue(type, out var members) && members.Contains(member);

    public bool HasMemberAnywhere(string member) => _members.Values.Any(members => members.Contains(member));

    // Vigie.Core.Wire makes Vigie and Vigie.Core known as well.
    private void AddNamespace(string name)
    {
        for (; _namespaces.Add(name) && name.Contains('.'); name = name[..name.LastIndexOf('.')])
        {
        }
    }

    private void AddType(string name, MemberDeclarationSyntax type)
    {
        if (!_members.TryGetValue(name, out var members))
            _members[name] = members = [];
        if (type is TypeDeclarationSyntax { ParameterList: { } parameters })
            members.UnionWith(parameters.Parameters.Select(parameter => parameter.Identifier.Text));
        foreach (var member in type.ChildNodes())
            members.UnionWith(NamesOf(member));
    }

    private static IEnumerable<string> NamesOf(SyntaxNode member) => member switch
    {
        MethodDeclarationSyntax method => [method.Identifier.Text],
        PropertyDeclarationSyntax property => [property.Identifier.Text],
        BaseFieldDeclarationSyntax field => field.Declaration.Variables.Select(variable => variable.Identifier.Text),
        EventDeclarationSyntax happening => [happening.Identifier.Text],
        EnumMemberDeclarationSyntax value => [value.Identifier.Text],
        MemberDeclarationSyntax nested => [SourceFile.NameOf(nested)],
        _ => [],
    };
}
