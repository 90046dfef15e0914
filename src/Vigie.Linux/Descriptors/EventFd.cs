using System.Runtime.InteropServices;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>A doorbell between threads: readable after <see cref="Signal"/> until <see cref="Acknowledge"/>.</summary>
public sealed unsafe class EventFd : FileDescriptor
{
    private const int NonBlockingCloseOnExec = 0x80800;

    public EventFd()
        : base(Checked(Libc.eventfd(0, NonBlockingCloseOnExec), "eventfd"))
    {
    }

    private EventFd(int fd)
        : base(fd)
    {
    }

    /// <summary>Takes over a descriptor that the parent process has left under this number: its bell rings here.</summary>
    public static new EventFd FromInherited(int fd)
    {
        AdoptInherited(fd);
        return new EventFd(fd);
    }

    /// <summary>Rings. Any thread may call it, any number of times.</summary>
    public void Signal()
    {
        ulong one = 1;
        // EAGAIN means the counter is full: whoever listens is being rung already.
        if (Libc.write(this, &one, sizeof(ulong)) < 0 && Marshal.GetLastPInvokeError() is not (Errno.EAGAIN or Errno.EINTR))
            throw LinuxException.Last("write(eventfd)");
    }

    /// <summary>Silences the bell; true if it had been rung since the last time.</summary>
    public bool Acknowledge()
    {
        ulong count;
        if (Libc.read(this, &count, sizeof(ulong)) == sizeof(ulong))
            return true;
        return Marshal.GetLastPInvokeError() is Errno.EAGAIN or Errno.EINTR ? false : throw LinuxException.Last("read(eventfd)");
    }
}
