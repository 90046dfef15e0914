namespace Vigie.Tidy.Tests.Repository;

/// <summary>The repository this test was built from, read once. What building leaves behind is not part of it.</summary>
public static class RepositoryFiles
{
    private static readonly string[] Built = ["bin", "obj", "artifacts", ".git", ".vs", ".idea", "TestResults", "StrykerOutput", "BenchmarkDotNet.Artifacts"];
    private static readonly string[] TextEndings =
        [".cs", ".csproj", ".props", ".targets", ".slnx", ".sh", ".md", ".json", ".yaml", ".yml", ".txt", ".editorconfig", ".gitignore", "/run"];
    private static readonly Lazy<string> LazyRoot = new(FindRoot);
    private static readonly Lazy<IReadOnlyList<string>> LazyPaths = new(() => [.. List(Root).Order(StringComparer.Ordinal)]);
    private static readonly Lazy<IReadOnlyList<TextFile>> LazyTexts = new(ReadTexts);
    private static readonly Lazy<IReadOnlyList<SourceFile>> LazySources =
        new(() => [.. Texts.Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal)).Select(file => new SourceFile(file.Path, file.Text))]);

    public static string Root => LazyRoot.Value;

    /// <summary>Every file, as a path from the root.</summary>
    public static IReadOnlyList<string> Paths => LazyPaths.Value;

    /// <summary>Every file people write by hand or read: sources, projects, scripts, documents, lock files.</summary>
    public static IReadOnlyList<TextFile> Texts => LazyTexts.Value;

    public static IReadOnlyList<SourceFile> Sources => LazySources.Value;

    public static IEnumerable<TextFile> Ending(string ending) =>
        Texts.Where(file => file.Path.EndsWith(ending, StringComparison.Ordinal));

    public static TextFile Text(string path) =>
        Texts.FirstOrDefault(file => file.Path == path) ?? throw new InvalidOperationException($"{path} is missing from the repository");

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "Vigie.slnx")))
                return directory.FullName;
        throw new InvalidOperationException($"no Vigie.slnx above {AppContext.BaseDirectory}: run the tests from inside a clone");
    }

    private static IEnumerable<string> List(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory))
            yield return Path.GetRelativePath(Root, file);
        foreach (var child in Directory.EnumerateDirectories(directory))
            if (!Built.Contains(Path.GetFileName(child)) && new DirectoryInfo(child).LinkTarget is null)
                foreach (var file in List(child))
                    yield return file;
    }

    private static IReadOnlyList<TextFile> ReadTexts() =>
    [
        .. Paths.Where(path => TextEndings.Any(ending => ("/" + path).EndsWith(ending, StringComparison.Ordinal)))
            .Select(path => new TextFile(path, File.ReadAllText(Path.Combine(Root, path)))),
    ];
}
