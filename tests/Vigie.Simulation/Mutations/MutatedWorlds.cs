using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Vigie.Simulation.Mutations;

/// <summary>
/// Compiles Core, Node and the worlds into one assembly in memory, with or without a mutation, and runs worlds there. The
/// product's own code knows nothing of it.
/// </summary>
internal sealed class MutatedWorlds
{
    private const string GlobalUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
        + "global using System.Threading; global using System.Threading.Tasks;";

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);
    private static readonly string Root = FindRoot();
    private static readonly Lazy<Dictionary<string, SyntaxTree>> Originals = new(ParseAll);
    private static readonly Lazy<MetadataReference[]> References = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path))]);

    private readonly Func<ulong, string?, string?> _violation;
    private readonly Func<ulong, string, string?> _violationInDirected;

    private readonly Func<ulong, int, int, string?> _violationInGuarded;

    private MutatedWorlds(Assembly assembly)
    {
        var runner = assembly.GetType("Vigie.Simulation.Worlds.WorldRunner", throwOnError: true)!;
        _violation = runner.GetMethod("Violation")!.CreateDelegate<Func<ulong, string?, string?>>();
        _violationInDirected = runner.GetMethod("ViolationInDirected")!.CreateDelegate<Func<ulong, string, string?>>();
        _violationInGuarded = runner.GetMethod("ViolationInGuarded")!.CreateDelegate<Func<ulong, int, int, string?>>();
    }

    /// <summary>What is violated in a world with guardians, or null.</summary>
    public string? ViolationInGuarded(ulong seed, int intervalMilliseconds, int seconds) => _violationInGuarded(seed, intervalMilliseconds, seconds);

    /// <summary>A violation among seeds 1 to count, whichever thread finds it first; null when there is none.</summary>
    public string? FirstViolation(int count)
    {
        string? found = null;
        Parallel.For(1, count + 1, (seed, loop) =>
        {
            if (_violation((ulong)seed, null) is not { } violation)
                return;
            found = violation;
            loop.Stop();
        });
        return found;
    }

    /// <summary>What is violated in one world whose course is written down, or null.</summary>
    public string? ViolationInDirected(ulong seed, string name) => _violationInDirected(seed, name);

    /// <summary>A copy with the mutation, or without any.</summary>
    public static MutatedWorlds Compile(Mutation? mutation)
    {
        var trees = new Dictionary<string, SyntaxTree>(Originals.Value);
        if (mutation is not null)
        {
            var path = Path.Combine(Root, "src", mutation.File);
            var source = File.ReadAllText(path);
            var at = source.IndexOf(mutation.Text, StringComparison.Ordinal);
            if (at < 0 || source.IndexOf(mutation.Text, at + 1, StringComparison.Ordinal) >= 0)
                throw new InvalidOperationException($"{mutation.Name}: its text must stand exactly once in {mutation.File}; the code has changed, change the mutation");
            trees[path] = Parse(source.Replace(mutation.Text, mutation.Instead, StringComparison.Ordinal), path);
        }

        var compilation = CSharpCompilation.Create(
            "Mutated" + (mutation?.Name ?? "Nothing"), trees.Values, References.Value,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable));
        using var bytes = new MemoryStream();
        var result = compilation.Emit(bytes);
        if (!result.Success)
            throw new InvalidOperationException(
                $"{mutation?.Name ?? "the unmutated copy"} does not compile: "
                + string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(5)));
        bytes.Position = 0;
        return new MutatedWorlds(new AssemblyLoadContext(null, isCollectible: true).LoadFromStream(bytes));
    }

    private static Dictionary<string, SyntaxTree> ParseAll()
    {
        var trees = new Dictionary<string, SyntaxTree> { [""] = Parse(GlobalUsings, "GlobalUsings.cs") };
        foreach (var folder in (string[])["src/Vigie.Core", "src/Vigie.Node", "tests/Vigie.Simulation/Worlds"])
            foreach (var path in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                if (!path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
                    trees[path] = Parse(File.ReadAllText(path), path);
        return trees;
    }

    private static SyntaxTree Parse(string source, string path) => CSharpSyntaxTree.ParseText(source, ParseOptions, path);

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Vigie.slnx")))
                return at.FullName;
        throw new DirectoryNotFoundException("Vigie.slnx is not above the test executable");
    }
}
