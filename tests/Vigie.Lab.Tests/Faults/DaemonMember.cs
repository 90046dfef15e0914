using Vigie.Lab.Daemons;

namespace Vigie.Lab.Tests.Faults;

/// <summary>The three processes of a daemon.</summary>
internal static class DaemonMember
{
    public const string Guardian = "guardian";
    public const string Node = "internal-node";
    public const string Control = "internal-control";

    /// <summary>Its process id; null while it does not run.</summary>
    public static int? TryFind(VigieDaemon daemon, string member)
    {
        if (member == Guardian)
            return daemon.Process.Pid;
        foreach (var pid in daemon.Process.Tree())
        {
            if (CommandLine(pid).Contains(member, StringComparison.Ordinal))
                return pid;
        }

        return null;
    }

    public static int Find(VigieDaemon daemon, string member) =>
        TryFind(daemon, member) ?? throw new LabException($"{daemon.Process.Description} has no {member} process:\n{daemon.Process.Tail()}");

    /// <summary>Whether the process runs or is stopped; one that has ended and was not reaped does not.</summary>
    public static bool Lives(int pid) => CommandLine(pid).Length > 0;

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return ""; // it has just ended
        }
    }
}
