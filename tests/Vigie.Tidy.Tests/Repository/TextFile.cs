namespace Vigie.Tidy.Tests.Repository;

/// <summary>One file of the repository: its path from the root, with slashes, and its text.</summary>
public sealed record TextFile(string Path, string Text)
{
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The lines, without a last empty one.</summary>
    public IReadOnlyList<string> Lines { get; } = Text.TrimEnd('\n').Split('\n');
}
