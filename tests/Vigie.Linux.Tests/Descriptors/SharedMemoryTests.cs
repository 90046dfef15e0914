using System.Runtime.InteropServices;
using Vigie.Linux.Native;
using Xunit;

namespace Vigie.Linux.Tests.Descriptors;

/// <summary>Memory of several processes: nobody can take the ground from under another.</summary>
public sealed class SharedMemoryTests
{
    private const int Length = 64 * 1024;
    private const int DuplicateCloseOnExec = 1030;

    [Theory]
    [InlineData(0)]
    [InlineData(Length - 4096)]
    [InlineData(2 * Length)]
    public void Nobody_can_change_its_size(long length)
    {
        using var memory = SharedMemory.Create("test", Length);

        Assert.Equal(-1, Libc.ftruncate(memory.Descriptor, length));
        Assert.Equal(Errno.EPERM, Marshal.GetLastPInvokeError());
        memory.Bytes[^1] = 1;
        Assert.Equal(Length, memory.Bytes.Length);
    }

    [Fact]
    public void Memory_that_somebody_could_shrink_is_not_taken_over()
    {
        using var file = new FileDescriptor(Libc.memfd_create("test", 1));
        Assert.Equal(0, Libc.ftruncate(file, Length));

        var refused = Assert.Throws<LinuxException>(() => SharedMemory.FromInherited(Libc.fcntl(file.Number, DuplicateCloseOnExec, 3)));
        Assert.Equal(Errno.EPERM, refused.Error.Value);
    }
}
