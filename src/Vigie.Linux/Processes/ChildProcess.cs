using System.Runtime.InteropServices;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>How a child ended.</summary>
public enum ExitKind
{
    /// <summary>It returned; the code is its exit code.</summary>
    Exited,

    /// <summary>A signal ended it; the code is the signal's number.</summary>
    Signaled,

    /// <summary>It is gone, and somebody else (or the kernel, when SIGCHLD is ignored) took its status.</summary>
    Unknown,
}

/// <summary>How a child ended, and with which exit code or signal number.</summary>
public readonly record struct ExitStatus(ExitKind Kind, int Code)
{
    public bool IsSuccess => Kind == ExitKind.Exited && Code == 0;

    public override string ToString() => Kind switch
    {
        ExitKind.Exited => $"exit code {Code}",
        ExitKind.Signaled => $"signal {Code}",
        ExitKind.Unknown => "unknown status",
    };
}

/// <summary>
/// A child process by its pidfd: the number can be reused by the kernel, the descriptor cannot. Disposing neither ends
/// nor reaps it.
/// </summary>
public sealed unsafe class ChildProcess : IDisposable
{
    private const int IdTypePidFd = 3;
    private const int IdTypePid = 1;
    private const int SignalKill = 9;
    private const int WaitExited = 4;
    private const int WaitNoHang = 1;
    private const int WaitLeaveWaitable = 0x0100_0000;
    private const int CodeExited = 1;

    private ExitStatus? _status;
    private bool _reaped;

    internal ChildProcess(int pid)
    {
        Pid = pid;
        var fd = Libc.pidfd_open(pid, 0);
        if (fd < 0)
        {
            // No descriptor left. A child that nobody can see or end must not go on.
            var failure = LinuxException.Last("pidfd_open");
            EndUnseen(pid);
            throw failure;
        }

        PidFd = new FileDescriptor(fd);
    }

    public int Pid { get; }

    /// <summary>Readable (see <see cref="Epoll"/>) when the child has ended.</summary>
    public FileDescriptor PidFd { get; }

    /// <summary>
    /// The status of a child that has ended, without reaping it; false while it runs. Unlike <see cref="TryReap"/> it is fit
    /// for a real-time thread.
    /// </summary>
    public bool TrySeeEnd(out ExitStatus status) => TryWait(WaitExited | WaitNoHang | WaitLeaveWaitable, out status);

    /// <summary>
    /// Reaps a child that has ended, and says how; false while it runs. Not for real-time threads: the kernel then drops what
    /// it has cached of the child's /proc folder, and spins until whoever is reading there (ps, a monitoring agent) lets go.
    /// When that reader waits for the same processor at a lower priority, this is as long as the kernel's real-time
    /// throttle, almost a second.
    /// </summary>
    public bool TryReap(out ExitStatus status)
    {
        if (_reaped)
        {
            status = _status!.Value;
            return true;
        }

        return _reaped = TryWait(WaitExited | WaitNoHang, out status);
    }

    /// <summary>Sends a signal; an errno: ESRCH when the child has ended and was reaped.</summary>
    public int Signal(int signal) => Libc.pidfd_send_signal(PidFd.Number, signal) == 0 ? 0 : Marshal.GetLastPInvokeError();

    public void Dispose() => PidFd.Dispose();

    // Not reaped yet, so the number cannot have been given to another process.
    private static void EndUnseen(int pid)
    {
        SignalInfo info = default;
        _ = Libc.kill(pid, SignalKill);
        while (Libc.waitid(IdTypePid, pid, &info, WaitExited) < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
        {
        }
    }

    private bool TryWait(int options, out ExitStatus status)
    {
        status = default;
        SignalInfo info = default;
        if (Libc.waitid(IdTypePidFd, PidFd.Number, &info, options) < 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case Errno.ECHILD:
                    _status ??= new ExitStatus(ExitKind.Unknown, 0);
                    break;
                case Errno.EINTR or Errno.EAGAIN:
                    return false;
                default:
                    throw LinuxException.Last("waitid(P_PIDFD)");
            }
        }
        else if (info.Pid == 0)
        {
            return false;
        }
        else
        {
            _status = new ExitStatus(info.Code == CodeExited ? ExitKind.Exited : ExitKind.Signaled, info.Status);
        }

        status = _status.Value;
        return true;
    }
}
