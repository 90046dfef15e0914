using System.Runtime.InteropServices;
using Vigie.Linux.Native;
using Vigie.Linux.Tests.Children;
using Xunit;

namespace Vigie.Linux.Tests.Descriptors;

/// <summary>Sealed files in memory, here and in a child process.</summary>
public sealed unsafe class MemoryFileTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    public void What_was_put_in_comes_out(int length)
    {
        var content = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
        using var file = MemoryFile.Create("test", content);

        Assert.Equal(content, file.ReadAll());
        Assert.Equal(content, file.ReadAll());
    }

    [Fact]
    public void Nobody_can_change_it()
    {
        using var file = MemoryFile.Create("test", "content"u8);
        byte other = 0;

        Assert.Equal(-1, Libc.write(file, &other, 1));
        Assert.Equal(Errno.EPERM, Marshal.GetLastPInvokeError());
    }

    [Fact]
    public void A_child_reads_it_under_the_number_it_was_given()
    {
        using var file = MemoryFile.Create("test", "content"u8);
        var (ours, theirs) = SeqPacketSocket.CreatePair();
        using (ours)
        using (theirs)
        {
            using var child = ProcessSpawner.Spawn("/bin/cat", ["/proc/self/fd/5"], [], [(file, 5), (theirs, 1)]);
            Assert.Equal("content", Child.Hear(ours));
            Assert.True(Child.Await(child).IsSuccess);
        }
    }

    [Fact]
    public void An_inherited_file_must_be_sealed()
    {
        using var open = new FileDescriptor(Libc.memfd_create("open", 3));
        var sealedNumber = MemoryFile.Create("sealed", "x"u8);

        Assert.Equal(Errno.EPERM, Assert.Throws<LinuxException>(() => MemoryFile.FromInherited(open.Number)).Error.Value);
        Assert.Equal("x"u8.ToArray(), MemoryFile.FromInherited(sealedNumber.Number).ReadAll());
        sealedNumber.SetHandleAsInvalid(); // The inherited one owns the number now.
    }
}
