using Microsoft.CodeAnalysis.CSharp.Syntax;
using Vigie.Tidy.Tests.Repository;

namespace Vigie.Tidy.Tests.Rules;

/// <summary>What only one room may do (native calls), and what tests may not do at all (wait for a length of time).</summary>
public static class CallRule
{
    public const string NativeAllowedIn = "tests/Vigie.Tidy.Tests/Allowed/AllowedNative.cs";
    public const string WaitsAllowedIn = "tests/Vigie.Tidy.Tests/Allowed/AllowedWaits.cs";

    private static readonly string[] Waits = ["Thread.Sleep", "Task.Delay", "Thread.SpinWait", "SpinWait.SpinUntil"];

    /// <summary>Style 15: no syscalls outside Vigie.Linux.</summary>
    public static IReadOnlyList<string> CheckNative(IEnumerable<SourceFile> files, IReadOnlyCollection<Exemption> exemptions)
    {
        var found = new Dictionary<string, string>();
        foreach (var file in files.Where(file => !file.Path.StartsWith("src/Vigie.Linux/", StringComparison.Ordinal)))
            foreach (var attribute in file.Root.DescendantNodes().OfType<AttributeSyntax>())
                if (attribute.Name.ToString().Split('.')[^1] is "LibraryImport" or "LibraryImportAttribute" or "DllImport" or "DllImportAttribute")
                    found.TryAdd(file.Path, $"{file.Path}:{SourceFile.LineOf(attribute)}: native code outside src/Vigie.Linux; give that room a method for it");
        return Exemption.Apply(found, exemptions, NativeAllowedIn);
    }

    /// <summary>Style 12: virtual time, or a condition with a deadline; never a sleep that hopes.</summary>
    public static IReadOnlyList<string> CheckWaits(IEnumerable<SourceFile> files, IReadOnlyCollection<Exemption> exemptions)
    {
        var found = new Dictionary<string, string>();
        foreach (var file in files)
            foreach (var call in file.Root.DescendantNodes().OfType<MemberAccessExpressionSyntax>())
                if (Waits.FirstOrDefault(wait => ("." + call).EndsWith("." + wait, StringComparison.Ordinal)) is { } wait)
                    found.TryAdd(file.Path, $"{file.Path}:{SourceFile.LineOf(call)}: {wait}; wait on a condition with a deadline instead");
        return Exemption.Apply(found, exemptions, WaitsAllowedIn);
    }
}
