using Xunit;

namespace Vigie.Linux.Tests.Processes;

/// <summary>Which programs count as put there by root alone, with real files.</summary>
public sealed class TrustedProgramTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateDirectory($"/run/vigie-test-{Guid.NewGuid():N}");

    public TrustedProgramTests()
    {
        _folder.UnixFileMode = Mode("755");
        Write("good", "755");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_program_of_root_is_opened_and_its_path_is_without_links()
    {
        Directory.CreateDirectory(At("deep")).UnixFileMode = Mode("755");
        File.CreateSymbolicLink(At("deep/up"), "../good");
        File.CreateSymbolicLink(At("round"), $"{_folder.FullName}/deep/./..//deep/up");

        using var program = TrustedProgram.Open(At("round"), out var fault);

        Assert.Equal(ProgramFaultKind.None, fault.Kind);
        Assert.Equal(At("good"), program!.Path);
        Assert.True(program.IsScript);
    }

    [Fact]
    public void A_binary_is_no_script()
    {
        using var program = TrustedProgram.Open("/usr/bin/env", out _);

        Assert.False(program!.IsScript);
    }

    [Theory]
    [InlineData("good", ProgramFaultKind.NotAbsolute)]
    [InlineData("", ProgramFaultKind.NotAbsolute)]
    [InlineData("/", ProgramFaultKind.NotAFile)]
    [InlineData("/run", ProgramFaultKind.NotAFile)]
    [InlineData("/dev/null", ProgramFaultKind.NotAFile)]
    [InlineData("/usr/bin/env/more", ProgramFaultKind.NotAFile)]
    [InlineData("/nowhere/at/all", ProgramFaultKind.Missing)]
    [InlineData("/etc/passwd", ProgramFaultKind.NotExecutable)]
    [InlineData("/tmp/anything", ProgramFaultKind.Writable)]
    public void What_is_none_is_refused(string path, ProgramFaultKind kind)
    {
        Assert.Null(TrustedProgram.Open(path, out var fault));
        Assert.Equal(kind, fault.Kind);
    }

    [Theory]
    [InlineData("775")]
    [InlineData("757")]
    public void What_others_may_write_to_is_refused(string mode)
    {
        Write("open", mode);
        AssertRefused("open", ProgramFaultKind.Writable, "open");
    }

    [Fact]
    public void A_folder_on_the_way_counts_also_behind_a_link()
    {
        Directory.CreateDirectory(At("open")).UnixFileMode = Mode("1777");
        Write("open/program", "755");
        File.CreateSymbolicLink(At("link"), "open/program");

        AssertRefused("open/program", ProgramFaultKind.Writable, "open");
        AssertRefused("link", ProgramFaultKind.Writable, "open");
    }

    [Fact]
    public void What_belongs_to_somebody_else_is_refused()
    {
        Write("theirs", "755");
        TestNetwork.Run("/bin/chown", "1:0", At("theirs"));
        AssertRefused("theirs", ProgramFaultKind.NotOwnedByRoot, "theirs");
    }

    [Fact]
    public void Links_in_a_circle_come_to_an_end()
    {
        File.CreateSymbolicLink(At("a"), "b");
        File.CreateSymbolicLink(At("b"), "a");
        Assert.Null(TrustedProgram.Open(At("a"), out var fault));
        Assert.Equal(ProgramFaultKind.TooManyLinks, fault.Kind);
    }

    [Fact]
    public void A_user_is_found_by_name_and_by_number()
    {
        Assert.Equal(new UserIdentity("root", 0, 0), UserIdentity.Find("root"));
        Assert.Equal(UserIdentity.Find("daemon"), UserIdentity.Find(UserIdentity.Find("daemon")!.User.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Null(UserIdentity.Find("no-such-user-here"));
        Assert.Null(UserIdentity.Find("4000000000"));
    }

    [Fact]
    public void A_lock_is_held_as_long_as_a_child_has_it()
    {
        using var other = FileLock.OpenFile(At("lock"));
        ChildProcess child;
        using (var mine = FileLock.OpenFile(At("lock")))
        {
            Assert.True(mine.TryTake());
            child = ProcessSpawner.Spawn("/bin/sleep", ["60"], [], [(mine, 5)]);
        }

        using (child)
        {
            Assert.False(other.TryTake());
            child.Signal(9);
            Waiting.Until(() => child.TryReap(out _), "the child to end");
            Assert.True(other.TryTake());
        }
    }

    [Fact]
    public void A_pipe_says_what_is_there_and_when_its_writers_have_gone()
    {
        var (read, write) = Pipe.Create();
        using (read)
        {
            var buffer = new byte[16];
            Assert.Equal(-1, read.TryRead(buffer));
            using (write)
            {
                using var child = ProcessSpawner.Spawn("/bin/echo", ["hello"], [], [(write, 1)]);
                Waiting.Until(() => child.TryReap(out _), "the child to end");
                Assert.Equal("hello\n"u8, buffer.AsSpan(0, read.TryRead(buffer)));
                Assert.Equal(-1, read.TryRead(buffer));
            }

            // A child that another test starts at this moment has a copy of every descriptor until it executes.
            var last = -1;
            Waiting.Until(() => (last = read.TryRead(buffer)) >= 0, "every writer to be gone");
            Assert.Equal(0, last);
        }
    }

    private void AssertRefused(string name, ProgramFaultKind kind, string at)
    {
        Assert.Null(TrustedProgram.Open(At(name), out var fault));
        Assert.Equal((kind, At(at)), (fault.Kind, fault.At));
    }

    private void Write(string name, string mode)
    {
        File.WriteAllText(At(name), "#!/bin/sh\n");
        File.SetUnixFileMode(At(name), Mode(mode));
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private static UnixFileMode Mode(string octal) => (UnixFileMode)Convert.ToInt32(octal, 8);
}
