using System.Runtime.InteropServices;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>Signals a process by its number, for processes that somebody else started; see <see cref="ChildProcess"/> for our own.</summary>
public static class ProcessSignal
{
    /// <summary>Sends a signal (0 only asks whether it could be sent) and returns an errno: ESRCH when there is no such process.</summary>
    public static int Send(int pid, int signal)
    {
        // kill(2) gives 0 and below a meaning of its own (groups, everybody).
        if (pid <= 0)
            return Errno.ESRCH;
        var fd = Libc.pidfd_open(pid, 0);
        if (fd < 0)
            return Marshal.GetLastPInvokeError();
        using var process = new FileDescriptor(fd);
        return Libc.pidfd_send_signal(process.Number, signal) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }
}
