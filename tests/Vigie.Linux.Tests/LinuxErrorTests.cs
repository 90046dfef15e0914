using System.Reflection;
using Xunit;

namespace Vigie.Linux.Tests;

/// <summary>Errors as people read them.</summary>
public sealed class LinuxErrorTests
{
    [Theory]
    [InlineData(0, "success")]
    [InlineData(1, "EPERM (Operation not permitted)")]
    [InlineData(99, "EADDRNOTAVAIL (Cannot assign requested address)")]
    [InlineData(4711, "errno 4711 (Unknown error 4711)")]
    public void An_error_is_shown_by_name_and_words(int errno, string text) => Assert.Equal(text, new LinuxError(errno).ToString());

    [Fact]
    public void Every_constant_has_the_number_that_its_name_has_in_the_table()
    {
        var constants = typeof(Errno).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.Name != nameof(Errno.None)).ToArray();

        Assert.NotEmpty(constants);
        Assert.All(constants, field => Assert.Equal(field.Name, new LinuxError((int)field.GetRawConstantValue()!).Name));
    }

    [Fact]
    public void An_exception_says_what_was_attempted_and_why_it_failed()
    {
        var exception = Assert.Throws<LinuxException>(() => FileDescriptor.Open("/nowhere/at/all"));

        Assert.Equal("open(/nowhere/at/all): ENOENT (No such file or directory)", exception.Message);
        Assert.Equal(Errno.ENOENT, exception.Error.Value);
    }
}
