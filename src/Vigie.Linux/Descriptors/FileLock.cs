using System.Runtime.InteropServices;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>
/// A lock between processes that lasts as long as anybody holds the descriptor or a copy of it: given to a child, it is
/// held until the child has gone, too, whatever becomes of the process that took it.
/// </summary>
public sealed class FileLock : FileDescriptor
{
    private const int ReadWriteCreateCloseOnExec = 0x80042;
    private const uint OwnerOnly = 0x180;
    private const int Exclusive = 2;
    private const int NoWait = 4;

    private FileLock(int fd)
        : base(fd)
    {
    }

    /// <summary>Opens or makes the file; throws <see cref="LinuxException"/> when it cannot be.</summary>
    public static FileLock OpenFile(string path) =>
        new(Checked(Libc.open(path, ReadWriteCreateCloseOnExec, OwnerOnly), $"open({path})"));

    /// <summary>False while somebody else holds it. Taking it again is no error.</summary>
    public bool TryTake()
    {
        if (Libc.flock(this, Exclusive | NoWait) == 0)
            return true;
        return Marshal.GetLastPInvokeError() is Errno.EAGAIN or Errno.EINTR ? false : throw LinuxException.Last("flock");
    }
}
