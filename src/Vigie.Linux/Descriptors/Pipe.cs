using System.Runtime.InteropServices;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>The reading end of a pipe. It never blocks its reader; a writer without a reader gets SIGPIPE, as everywhere.</summary>
public sealed unsafe class Pipe : FileDescriptor
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int GetFlags = 3;
    private const int SetFlags = 4;

    private Pipe(int fd)
        : base(fd)
    {
    }

    /// <summary>Makes one. The writing end is an ordinary blocking one: it is made for a child's standard output.</summary>
    public static (Pipe Read, FileDescriptor Write) Create()
    {
        var fds = stackalloc int[2];
        if (Libc.pipe2(fds, CloseOnExec) < 0)
            throw LinuxException.Last("pipe2");
        var (read, write) = (new Pipe(fds[0]), new FileDescriptor(fds[1]));
        if (Libc.fcntl(read.Number, SetFlags, Libc.fcntl(read.Number, GetFlags, 0) | NonBlocking) < 0)
            throw LinuxException.Last("fcntl(F_SETFL)");
        return (read, write);
    }

    /// <summary>
    /// What is there: a length; 0 when every writer has gone; -1 when nothing is there at the moment.
    /// </summary>
    public int TryRead(Span<byte> buffer)
    {
        fixed (byte* pointer = buffer)
        {
            while (true)
            {
                var count = (int)Libc.read(this, pointer, (nuint)buffer.Length);
                if (count >= 0)
                    return count;
                var errno = Marshal.GetLastPInvokeError();
                if (errno == Errno.EAGAIN)
                    return -1;
                if (errno != Errno.EINTR)
                    throw LinuxException.Last("read(pipe)");
            }
        }
    }
}
