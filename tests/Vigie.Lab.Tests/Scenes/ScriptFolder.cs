namespace Vigie.Lab.Tests.Scenes;

/// <summary>A folder that root alone can write to, which the lab's own below /tmp is not, with one script and a file for its output.</summary>
internal sealed class ScriptFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateDirectory($"/run/vigie-test-{Guid.NewGuid():N}");

    /// <param name="body">OUT stands for the output, DIR for the folder.</param>
    public ScriptFolder(string body)
    {
        _folder.UnixFileMode = (UnixFileMode)Convert.ToInt32("755", 8);
        File.WriteAllText(Script, $"#!/bin/sh\n{body.Replace("OUT", Out, StringComparison.Ordinal).Replace("DIR", _folder.FullName, StringComparison.Ordinal)}\n");
        File.SetUnixFileMode(Script, (UnixFileMode)Convert.ToInt32("755", 8));
        File.WriteAllText(Out, "");
        File.SetUnixFileMode(Out, (UnixFileMode)Convert.ToInt32("666", 8));
    }

    public string Script => Path.Combine(_folder.FullName, "on-change");

    public string[] Lines => File.ReadAllText(Out).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private string Out => Path.Combine(_folder.FullName, "out");

    /// <summary>Makes a file that the script may look for.</summary>
    public void Open(string gate) => File.WriteAllText(Path.Combine(_folder.FullName, gate), "");

    /// <summary>Those of one host, without its name.</summary>
    public string[] Of(string host) => [.. Lines.Where(line => line.StartsWith(host + " ", StringComparison.Ordinal)).Select(line => line[(host.Length + 1)..])];

    public void WaitFor(string host, params string[] lines) => Condition.WaitFor(
        $"{host} to be told {string.Join(", ", lines)}", () => Of(host).SequenceEqual(lines), deadline: TimeSpan.FromSeconds(20), explain: () => string.Join('\n', Lines));

    public void Dispose() => _folder.Delete(recursive: true);
}
