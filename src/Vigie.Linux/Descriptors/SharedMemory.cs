using System.Runtime.InteropServices;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>
/// Memory that several processes see at once (memfd): one creates it and hands the descriptor on, each maps it. Its size
/// is sealed, so that nobody can take the ground from under another; pages that nobody touches take no memory.
/// </summary>
public sealed unsafe class SharedMemory : IDisposable
{
    private const uint CloseOnExec = 1;
    private const uint AllowSealing = 2;
    private const uint NoExecute = 8;
    private const int AddSeals = 1033;
    private const int GetSeals = 1034;
    private const int SealSize = 0x1 | 0x2 | 0x4; // no further seals, no shrinking, no growing
    private const int SeekEnd = 2;
    private const int ReadWrite = 0x1 | 0x2;
    private const int Shared = 1;
    private const nint MapFailed = -1;

    private readonly int _length;
    private byte* _start;

    private SharedMemory(FileDescriptor descriptor, int length)
    {
        Descriptor = descriptor;
        _length = length;
        var mapped = Libc.mmap(0, (nuint)length, ReadWrite, Shared, descriptor.Number, 0);
        if (mapped == MapFailed)
            throw LinuxException.Last("mmap(memfd)");
        _start = (byte*)mapped;
    }

    /// <summary>To hand on to a child; see <see cref="ProcessSpawner"/>.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>The memory itself. Not to be used after <see cref="Dispose"/>.</summary>
    public Span<byte> Bytes => new(_start, _length);

    /// <summary>Makes zeroed memory of that many bytes. The name is only for /proc.</summary>
    public static SharedMemory Create(string name, int length)
    {
        var fd = Libc.memfd_create(name, CloseOnExec | AllowSealing | NoExecute);

        // The no-execute seal came with Linux 6.3; the floor is 6.1.
        if (fd < 0 && Marshal.GetLastPInvokeError() == Errno.EINVAL)
            fd = Libc.memfd_create(name, CloseOnExec | AllowSealing);
        var descriptor = new FileDescriptor(FileDescriptor.Checked(fd, "memfd_create"));
        try
        {
            if (Libc.ftruncate(descriptor, length) < 0)
                throw LinuxException.Last("ftruncate(memfd)");
            if (Libc.fcntl(fd, AddSeals, SealSize) < 0)
                throw LinuxException.Last("fcntl(F_ADD_SEALS)");
            return new SharedMemory(descriptor, length);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Maps what a parent created and handed on under this number.</summary>
    public static SharedMemory FromInherited(int fd)
    {
        var descriptor = FileDescriptor.FromInherited(fd);
        var length = Libc.lseek(descriptor, 0, SeekEnd);
        if (length is <= 0 or > int.MaxValue)
            throw LinuxException.Last($"lseek({fd})");
        // Whoever maps memory that another may shrink can be ended by it at any time (SIGBUS).
        if (Libc.fcntl(fd, GetSeals, 0) is not (var seals and >= 0) || (seals & SealSize) != SealSize)
        {
            descriptor.Dispose();
            throw new LinuxException($"shared memory {fd} is not sealed", new LinuxError(Errno.EPERM));
        }

        return new SharedMemory(descriptor, (int)length);
    }

    public void Dispose()
    {
        if (_start == null)
            return;
        _ = Libc.munmap((nint)_start, (nuint)_length);
        _start = null;
        Descriptor.Dispose();
    }
}
