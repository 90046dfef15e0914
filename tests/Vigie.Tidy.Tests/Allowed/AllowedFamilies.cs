using Vigie.Tidy.Tests.Rules;

namespace Vigie.Tidy.Tests.Allowed;

/// <summary>Files that hold more than one type, or are not called like it, on purpose.</summary>
public static class AllowedFamilies
{
    public static readonly IReadOnlyCollection<Exemption> All =
    [
        new("src/Vigie.Configuration/Yaml/YamlNode.cs", "the closed family of tree nodes, and the pair a mapping holds"),
        new("src/Vigie.Linux/Native/Structures.cs", "layouts of the kernel's structures, each a few lines, compared with its headers as one list"),
        new("src/Vigie.Linux/Route/RouteEvents.cs", "the reader, and the sink it calls, which nothing else uses"),
        new("src/Vigie.Node/Interfaces/LinkReport.cs", "what the kernel says about an interface: the link and its addresses"),
        new("tests/Vigie.Fuzz/FuzzTarget.cs", "a target, the shape of its functions, and the exception that reports a broken promise of it"),
    ];
}
