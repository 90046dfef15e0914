using System.Globalization;
using System.Runtime.InteropServices;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>
/// Makes this process the one to which everything returns that its descendants leave behind, whatever session or group it has
/// put itself into, so that it can end all of it.
/// </summary>
public static unsafe class Subreaper
{
    private const int SetChildSubreaper = 36;
    private const int SignalKill = 9;
    private const int AllChildren = 0;
    private const int WaitExited = 4;
    private const int WaitNoHang = 1;
    private const int CodeExited = 1;
    private const int PauseMilliseconds = 1;

    /// <summary>An errno. For the rest of the life of this process.</summary>
    public static int Become() => Libc.prctl(SetChildSubreaper, 1, 0, 0, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>The processes whose parent this process is at this moment.</summary>
    public static List<int> Children()
    {
        List<int> children = [];
        foreach (var task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                foreach (var pid in File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    children.Add(int.Parse(pid, CultureInfo.InvariantCulture));
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // The thread has just ended; its children have gone to another one.
            }
        }

        return children;
    }

    /// <summary>
    /// Kills all children, and those that become ours by that, until there is none or the time is over. Takes the status of
    /// every child: look at those that matter first.
    /// </summary>
    /// <param name="patience">How long that may take.</param>
    /// <param name="killed">How many did not end by themselves.</param>
    /// <returns>Whether none is left.</returns>
    public static bool KillAll(TimeSpan patience, out int killed)
    {
        var until = Clock.Now() + patience;
        killed = 0;
        while (true)
        {
            // None can be reused before it is reaped, and only we reap.
            foreach (var child in Children())
                _ = Libc.kill(child, SignalKill);
            while (TryReapAny(out var status))
                killed += status == new ExitStatus(ExitKind.Signaled, SignalKill) ? 1 : 0;
            if (Children().Count == 0)
                return true;
            if (Clock.Now() >= until)
                return false;
            Thread.Sleep(PauseMilliseconds);
        }
    }

    /// <summary>Signals the process group that a child leads; the child must not have been reaped yet. An errno.</summary>
    public static int SignalGroup(ChildProcess leader, int signal)
    {
        ArgumentNullException.ThrowIfNull(leader);
        return Libc.kill(-leader.Pid, signal) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    private static bool TryReapAny(out ExitStatus status)
    {
        SignalInfo info = default;
        var isReaped = Libc.waitid(AllChildren, 0, &info, WaitExited | WaitNoHang) == 0 && info.Pid != 0;
        status = new ExitStatus(info.Code == CodeExited ? ExitKind.Exited : ExitKind.Signaled, info.Status);
        return isReaped;
    }
}
