using System.Reflection;

namespace Vigie.Contract;

/// <summary>The version of this build, as "0.1.0".</summary>
public static class VigieVersion
{
    /// <summary>The informational version of the assembly without the commit that the build appends after a plus sign.</summary>
    public static string Current { get; } = WithoutCommit(
        typeof(VigieVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0");

    private static string WithoutCommit(string version)
    {
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? version : version[..plus];
    }
}
