using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>
/// An open file descriptor that closes itself. Every descriptor of this room is close-on-exec and non-blocking.
/// Number 0 is never ours: it counts as invalid.
/// </summary>
public class FileDescriptor : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int GetFlags = 3;
    private const int SetFlags = 4;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;
    private const int NonBlocking = 0x800;
    private const int OpenCloseOnExec = 0x80000;

    internal FileDescriptor(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>The number the kernel knows it by; for messages and for tests, not for passing around.</summary>
    public int Number => (int)handle;

    /// <summary>Takes over a descriptor this process was started with, and makes it close-on-exec and non-blocking.</summary>
    public static FileDescriptor FromInherited(int fd)
    {
        AdoptInherited(fd);
        return new FileDescriptor(fd);
    }

    /// <summary>Opens a path read-only (a namespace under /proc or /run/netns, a device).</summary>
    public static FileDescriptor Open(string path)
    {
        var fd = Libc.open(path, OpenCloseOnExec | NonBlocking, 0);
        return fd >= 0 ? new FileDescriptor(fd) : throw LinuxException.Last($"open({path})");
    }

    internal static void AdoptInherited(int fd)
    {
        if (Libc.fcntl(fd, SetDescriptorFlags, CloseOnExec) < 0)
            throw LinuxException.Last($"fcntl({fd}, F_SETFD)");
        var flags = Libc.fcntl(fd, GetFlags, 0);
        if (flags < 0 || Libc.fcntl(fd, SetFlags, flags | NonBlocking) < 0)
            throw LinuxException.Last($"fcntl({fd}, F_SETFL)");
    }

    /// <summary>Wraps what a libc call returned: a descriptor, or -1 with errno set.</summary>
    internal static int Checked(int fd, string operation) => fd >= 0 ? fd : throw LinuxException.Last(operation);

    // close(2) on Linux releases the number even when it reports an error, so there is nothing to retry.
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0 || Marshal.GetLastPInvokeError() != Errno.EBADF;
}
