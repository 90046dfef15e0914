using System.Globalization;
using Vigie.Linux;

namespace Vigie.Lab.Processes;

/// <summary>Finds and signals processes by id, never by name: descendants of one, or everything that lives in a lab namespace.</summary>
internal static class ProcessTree
{
    /// <summary>The process and all its descendants, parents first.</summary>
    internal static List<int> Of(int pid)
    {
        var tree = new List<int> { pid };
        for (var i = 0; i < tree.Count; i++)
            tree.AddRange(ChildrenOf(tree[i]));
        return tree;
    }

    /// <summary>Who belongs to the session that this process leads or led: what it started, even when it is dead.</summary>
    internal static List<int> OfSession(int leader)
    {
        var members = new List<int>();
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
                continue;
            try
            {
                var stat = File.ReadAllText(path + "/stat");
                // After the name, which may hold anything: state, parent, group, session.
                var words = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (int.Parse(words[3], CultureInfo.InvariantCulture) == leader && words[0] is not ("Z" or "X"))
                    members.Add(pid);
            }
            catch (IOException)
            {
                // It ended while we looked.
            }
        }

        return members;
    }

    /// <summary>Kills the process and its descendants, again and again until no new child has appeared meanwhile.</summary>
    internal static void Kill(int pid)
    {
        var tree = Of(pid);
        foreach (var member in tree)
            Signals.Send(member, Signals.Kill);
        foreach (var member in tree)
        foreach (var child in ChildrenOf(member))
            Kill(child);
    }

    /// <summary>
    /// Kills every process whose network is this namespace: daemons, and what they started, even when they have left
    /// their parent. Returns when none is left.
    /// </summary>
    internal static void KillEverythingIn(string namespaceName)
    {
        var deadline = LabClock.Now + TimeSpan.FromSeconds(5);
        string? link;
        try
        {
            string? inside = null;
            NamespaceThread.StartThread(namespaceName, "lab sweep", () => inside = NamespaceThread.LinkOf("/proc/thread-self/ns/net")).Join();
            link = inside;
        }
        catch (Exception exception) when (exception is LabException or LinuxException)
        {
            // No namespace any more, or only the file that it was mounted on: nobody can live there.
            return;
        }

        while (MembersOf(link) is { Count: > 0 } members)
        {
            foreach (var member in members)
                Signals.Send(member, Signals.Kill);
            if (LabClock.Now > deadline)
                throw new LabException($"processes {string.Join(", ", members)} in {namespaceName} do not end");
            Thread.Sleep(2);
        }
    }

    private static List<int> MembersOf(string? link)
    {
        var members = new List<int>();
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || pid == Environment.ProcessId)
                continue;
            try
            {
                if (NamespaceThread.LinkOf(path + "/ns/net") == link)
                    members.Add(pid);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked.
            }
        }

        return members;
    }

    private static List<int> ChildrenOf(int pid)
    {
        var children = new List<int>();
        try
        {
            foreach (var task in Directory.EnumerateDirectories($"/proc/{pid}/task"))
            foreach (var word in File.ReadAllText(task + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                children.Add(int.Parse(word, CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // It ended while we looked; its children belong to somebody else now.
        }

        return children;
    }
}
