using Vigie.Lab.Processes;

namespace Vigie.Lab;

/// <summary>
/// Removes what lab runs leave in the machine: namespaces in /run/netns, folders in the temp folder, processes inside
/// those namespaces. Looks only at names that the lab gives, and leaves runs alone whose runner lives or that were left in place on purpose.
/// </summary>
public static class LabSweep
{
    /// <summary>A file of this name in a run's folder says that the run outlives its runner on purpose.</summary>
    public const string LeftMarker = "left-in-place";

    private const string NamespaceDirectory = "/run/netns";

    /// <summary>Removes the runs whose runner is dead. Returns their names.</summary>
    public static IReadOnlyList<string> RemoveLeftovers() => Remove(name => !name.RunnerIsAlive && !IsLeft(name));

    /// <summary>Removes the runs that were left in place on purpose and whose runner has ended. Returns their names.</summary>
    public static IReadOnlyList<string> RemoveLeft() => Remove(name => !name.RunnerIsAlive && IsLeft(name));

    /// <summary>The names of everything in the machine that belongs to the run.</summary>
    public static IReadOnlyList<string> TracesOf(LabName name) =>
        [.. NamespacesOf(name.ToString()), .. Folders().Where(path => Path.GetFileName(path) == name.ToString())];

    internal static void RemoveRun(string runName)
    {
        var namespaces = NamespacesOf(runName);
        foreach (var entry in namespaces)
            ProcessTree.KillEverythingIn(entry);
        if (namespaces.Length > 0)
            Command.TryRun("ip", ["-force", "-batch", "-"], string.Concat(namespaces.Select(entry => $"netns del {entry}\n")));
        try
        {
            Directory.Delete(Path.Combine(Path.GetTempPath(), runName), recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // A run that failed early, or that another runner swept at the same moment.
        }
    }

    private static List<string> Remove(Func<LabName, bool> isUnwanted)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var entry in Namespaces().Concat(Folders().Select(path => Path.GetFileName(path))))
        {
            if (LabName.TryParse(entry, out var name) && isUnwanted(name))
                names.Add(name.ToString());
        }

        foreach (var name in names)
            RemoveRun(name);
        return [.. names];
    }

    private static bool IsLeft(LabName name) => File.Exists(Path.Combine(Path.GetTempPath(), name.ToString(), LeftMarker));

    private static string[] NamespacesOf(string runName) =>
        [.. Namespaces().Where(entry => entry.StartsWith(runName + "-", StringComparison.Ordinal))];

    private static IEnumerable<string> Namespaces() =>
        Directory.Exists(NamespaceDirectory) ? Directory.EnumerateFiles(NamespaceDirectory).Select(path => Path.GetFileName(path)) : [];

    private static IEnumerable<string> Folders() => Directory.EnumerateDirectories(Path.GetTempPath(), "vg*-*-*");
}
