using System.Runtime.InteropServices;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>
/// A file that exists only in memory and can never change again (memfd, sealed): how one process hands another a block
/// of bytes at its start.
/// </summary>
public sealed unsafe class MemoryFile : FileDescriptor
{
    /// <summary>Largest content read back, in bytes.</summary>
    public const int MaxLength = 64 * 1024 * 1024;

    private const uint CloseOnExec = 1;
    private const uint AllowSealing = 2;
    private const uint NoExecute = 8;
    private const int AddSeals = 1033;
    private const int GetSeals = 1034;
    private const int AllSeals = 0x1 | 0x2 | 0x4 | 0x8;
    private const int SeekEnd = 2;

    private MemoryFile(int fd)
        : base(fd)
    {
    }

    /// <summary>Makes one with the given content. The name is only for /proc.</summary>
    public static MemoryFile Create(string name, ReadOnlySpan<byte> content)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, MaxLength, nameof(content));
        var fd = Libc.memfd_create(name, CloseOnExec | AllowSealing | NoExecute);

        // The no-execute seal came with Linux 6.3; the floor is 6.1.
        if (fd < 0 && Marshal.GetLastPInvokeError() == Errno.EINVAL)
            fd = Libc.memfd_create(name, CloseOnExec | AllowSealing);
        var file = new MemoryFile(Checked(fd, "memfd_create"));
        try
        {
            file.Write(content);
            if (Libc.fcntl(file.Number, AddSeals, AllSeals) < 0)
                throw LinuxException.Last("fcntl(F_ADD_SEALS)");
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Takes over an inherited descriptor and checks that its content is sealed.</summary>
    public static new MemoryFile FromInherited(int fd)
    {
        AdoptInherited(fd);
        var seals = Libc.fcntl(fd, GetSeals, 0);
        if (seals < 0)
            throw LinuxException.Last($"fcntl({fd}, F_GET_SEALS)");
        if ((seals & AllSeals) != AllSeals)
            throw new LinuxException($"memory file {fd} is not sealed", new LinuxError(Errno.EPERM));
        return new MemoryFile(fd);
    }

    public byte[] ReadAll()
    {
        var length = Libc.lseek(this, 0, SeekEnd);
        if (length is < 0 or > MaxLength)
            throw LinuxException.Last("lseek(memfd)");
        var content = new byte[length];
        fixed (byte* pointer = content)
        {
            for (long done = 0; done < length;)
            {
                var count = Libc.pread(this, pointer + done, (nuint)(length - done), done);
                if (count <= 0)
                    throw LinuxException.Last("pread(memfd)");
                done += count;
            }
        }

        return content;
    }

    private void Write(ReadOnlySpan<byte> content)
    {
        fixed (byte* pointer = content)
        {
            for (var done = 0; done < content.Length;)
            {
                var count = Libc.write(this, pointer + done, (nuint)(content.Length - done));
                if (count < 0)
                    throw LinuxException.Last("write(memfd)");
                done += (int)count;
            }
        }
    }
}
