using System.Diagnostics;
using Vigie.Linux.Native;
using Vigie.Linux.Tests.Children;
using Xunit;

namespace Vigie.Linux.Tests.Processes;

/// <summary>Children started by posix_spawn: what they get, what they do not get, and how their end is noticed.</summary>
public sealed class ProcessSpawnerTests
{
    private const int SignalKill = 9;
    private const int SignalStop = 19;
    private const int SignalContinue = 18;
    private const int SignalCpuLimit = 24;

    [Fact]
    public void A_child_has_the_given_descriptors_and_no_others()
    {
        using var leaky = FileDescriptor.Open("/dev/null");
        Libc.fcntl(leaky.Number, 2, 0); // F_SETFD without FD_CLOEXEC, as careless code leaves it.
        using var memory = MemoryFile.Create("given", [1]);

        // 4 is the directory that ls reads.
        Assert.Equal("0\n1\n2\n3\n4\n6\n", Output("/bin/ls", ["/proc/self/fd"], [], [(memory, 3), (memory, 6)]));
    }

    [Fact]
    public void Descriptors_whose_numbers_are_swapped_arrive_swapped()
    {
        using var a = MemoryFile.Create("a", "A"u8);
        using var b = MemoryFile.Create("b", "B"u8);

        var output = Output("/bin/cat", [$"/proc/self/fd/{b.Number}", $"/proc/self/fd/{a.Number}"], [], [(a, b.Number), (b, a.Number)]);

        Assert.Equal("AB", output);
    }

    [Fact]
    public void A_child_gets_its_arguments_and_environment_and_nothing_else()
    {
        Assert.Equal("one|two words|é\nNAME=välue\n", Output(
            "/bin/sh", ["-c", "printf '%s|%s|%s\\n' \"$1\" \"$2\" \"$3\"; /usr/bin/env | grep -v -e ^PWD= -e ^_=", "sh", "one", "two words", "é"], ["NAME=välue"], []));
    }

    [Fact]
    public void A_child_starts_with_no_signal_blocked_or_ignored()
    {
        // glibc starts every child with its two internal signals (32, 33) ignored; they are nobody else's.
        const ulong internalSignals = 0x1_8000_0000;

        // .NET itself ignores SIGPIPE (13); a child must not inherit that.
        Assert.Equal(1UL << 12, SignalSet(File.ReadAllText("/proc/self/status"), "SigIgn") & 1UL << 12);

        var status = Output("/bin/cat", ["/proc/self/status"], [], []);

        Assert.Equal(0UL, SignalSet(status, "SigBlk"));
        Assert.Equal(0UL, SignalSet(status, "SigIgn") & ~internalSignals);
    }

    [Fact]
    public void A_missing_program_is_reported_by_name()
    {
        var exception = Assert.Throws<LinuxException>(() => ProcessSpawner.Spawn("/nowhere/at/all", [], [], []));

        Assert.Equal(Errno.ENOENT, exception.Error.Value);
        Assert.Contains("/nowhere/at/all", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_exit_code_is_collected_once_and_remembered()
    {
        using var child = ProcessSpawner.Spawn("/bin/sh", ["-c", "exit 7"], [], []);

        Assert.Equal(new ExitStatus(ExitKind.Exited, 7), Child.Await(child));
        Assert.True(child.TryReap(out var again));
        Assert.Equal(new ExitStatus(ExitKind.Exited, 7), again);
        Assert.Equal(Errno.ESRCH, child.Signal(SignalKill));
    }

    [Fact]
    public void An_end_can_be_seen_again_and_again_before_it_is_collected()
    {
        using var child = ProcessSpawner.Spawn("/bin/sh", ["-c", "exit 7"], [], []);

        Assert.True(Waiting.IsReadable(child.PidFd));
        for (var i = 0; i < 2; i++)
        {
            Assert.True(child.TrySeeEnd(out var seen));
            Assert.Equal(new ExitStatus(ExitKind.Exited, 7), seen);
            Assert.Equal(0, child.Signal(0)); // still there for whoever collects it
        }

        Assert.True(child.TryReap(out var reaped));
        Assert.Equal(new ExitStatus(ExitKind.Exited, 7), reaped);
        Assert.Equal(Errno.ESRCH, child.Signal(0));
    }

    [Fact]
    public void A_running_child_is_not_reaped_and_a_signal_ends_it()
    {
        var (child, channel) = Child.Start("echo");
        using (child)
        using (channel)
        {
            Assert.Equal(0, channel.Send("hello"u8));
            Assert.Equal("hello", Child.Hear(channel));
            Assert.False(child.TryReap(out _));

            Assert.Equal(0, child.Signal(SignalKill));

            Assert.True(Waiting.IsReadable(child.PidFd));
            Assert.Equal(new ExitStatus(ExitKind.Signaled, SignalKill), Child.Await(child));
            Assert.Equal(ReceiveResult.Closed, channel.TryReceive(new byte[16], out _));
        }
    }

    [Fact]
    public void A_child_notices_that_the_other_end_of_its_channel_is_gone()
    {
        var (child, channel) = Child.Start("echo");
        using (child)
        {
            channel.Dispose();

            Assert.Equal(new ExitStatus(ExitKind.Exited, 7), Child.Await(child));
        }
    }

    [Fact]
    public void The_frameworks_own_processes_and_ours_do_not_take_each_others_status()
    {
        for (var i = 0; i < 20; i++)
        {
            using var theirs = Process.Start("/bin/sh", ["-c", "exit 3"]);
            using var ours = ProcessSpawner.Spawn("/bin/sh", ["-c", "exit 4"], [], []);
            Assert.Equal(new ExitStatus(ExitKind.Exited, 4), Child.Await(ours));
            theirs.WaitForExit();
            Assert.Equal(3, theirs.ExitCode);
        }
    }

    [Fact]
    public void A_process_tied_to_its_parent_dies_with_it()
    {
        var (parent, channel) = Child.Start("parent");
        using (parent)
        using (channel)
        {
            Assert.Equal("tied", Child.Hear(channel));

            Assert.Equal(0, parent.Signal(SignalKill));

            // Closed only when both the parent and its child have gone.
            Assert.Equal("(Closed)", Child.Hear(channel));
        }
    }

    [Fact]
    public void A_signal_ends_a_wait_early_with_no_events()
    {
        var (child, channel) = Child.Start("wait");
        using (child)
        using (channel)
        {
            Assert.Equal("waiting", Child.Hear(channel));
            Waiting.Until(() => IsWaitingOnEpoll(child.Pid), "the child to wait");

            child.Signal(SignalStop);
            Waiting.Until(() => StateOf(child.Pid) == 'T', "the child to stop");
            child.Signal(SignalContinue);

            Assert.Equal("0 events", Child.Hear(channel));
        }
    }

    [Fact]
    public void A_real_time_thread_that_never_blocks_is_ended_by_the_kernel()
    {
        var (child, channel) = Child.Start("spin");
        using (child)
        using (channel)
        {
            Assert.Equal("real-time", Child.Hear(channel));
            Assert.Equal(new ExitStatus(ExitKind.Signaled, SignalCpuLimit), Child.Await(child));
        }
    }

    [Fact]
    public void The_memory_of_a_process_can_be_locked()
    {
        var (child, channel) = Child.Start("lock");
        using (child)
        using (channel)
            Assert.Equal("locked", Child.Hear(channel));
    }

    private static ulong SignalSet(string status, string name) => Convert.ToUInt64(
        status.Split('\n').Single(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim(), 16);

    // epoll_wait is 232 on x86-64, epoll_pwait 281 there and 22 on arm64.
    private static bool IsWaitingOnEpoll(int pid) =>
        StateOf(pid) == 'S' && File.ReadAllText($"/proc/{pid}/syscall").Split(' ')[0] is "232" or "281" or "22";

    private static char StateOf(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return stat[stat.LastIndexOf(')') + 2];
    }

    private static string Output(string path, string[] args, string[] environment, (FileDescriptor, int)[] inherited)
    {
        var (ours, theirs) = SeqPacketSocket.CreatePair();
        using (ours)
        {
            using (theirs)
            {
                using var child = ProcessSpawner.Spawn(path, args, environment, [.. inherited, (theirs, 1)]);
                Assert.Equal(new ExitStatus(ExitKind.Exited, 0), Child.Await(child));
            }

            var text = new System.Text.StringBuilder();
            while (Child.Hear(ours) is var part && part != "(Closed)")
                text.Append(part);
            return text.ToString();
        }
    }
}
