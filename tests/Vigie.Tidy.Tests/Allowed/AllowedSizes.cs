using Vigie.Tidy.Tests.Rules;

namespace Vigie.Tidy.Tests.Allowed;

/// <summary>Files and functions that are long on purpose.</summary>
public static class AllowedSizes
{
    public static readonly IReadOnlyCollection<Exemption> All =
    [
        new("src/Vigie.Core/Election/VirtualRouter.cs", "one machine, read from top to bottom as RFC 9568 6.4 is"),
        new("src/Vigie.Linux/LinuxError.Names.cs NameOf", "a table: one line per error number"),
        new("tests/Vigie.Simulation/Worlds/Faults.cs Inject", "one switch: a line or two per kind of fault"),
    ];
}
