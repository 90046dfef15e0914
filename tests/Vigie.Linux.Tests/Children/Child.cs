using Vigie.Core;

namespace Vigie.Linux.Tests.Children;

/// <summary>
/// What the test executable does when a test has started it as a child: things that would disturb or end the process of
/// the tests. It talks over descriptor 3.
/// </summary>
internal static class Child
{
    public const int Channel = 3;

    public static string Executable => Environment.ProcessPath ?? throw new InvalidOperationException("no path of our own");

    /// <summary>Starts a part in a child; the caller disposes both.</summary>
    public static (ChildProcess Process, SeqPacketSocket Channel) Start(string part)
    {
        var (ours, theirs) = SeqPacketSocket.CreatePair();
        using (theirs)
            return (ProcessSpawner.Spawn(Executable, ["child", part], Inherited(), [(theirs, Channel)]), ours);
    }

    /// <summary>Waits for the next message of a child.</summary>
    public static string Hear(SeqPacketSocket channel)
    {
        var buffer = new byte[64 * 1024];
        Waiting.IsReadable(channel);
        var result = channel.TryReceive(buffer, out var length);
        return result == ReceiveResult.Data ? System.Text.Encoding.UTF8.GetString(buffer, 0, length) : $"({result})";
    }

    public static ExitStatus Await(ChildProcess child)
    {
        ExitStatus status = default;
        Waiting.Until(() => child.TryReap(out status), $"the end of child {child.Pid}", timeoutMs: 20_000);
        return status;
    }

    public static int Play(string part)
    {
        using var channel = SeqPacketSocket.FromInherited(Channel);
        switch (part)
        {
            case "echo":
                return Echo(channel);
            case "spin":
                return Spin(channel);
            case "lock":
                return LockMemory(channel);
            case "wait":
                return WaitThroughInterruption(channel);
            case "parent":
                return LeaveAnOrphan(channel);
            case "orphan":
                return DieWithParent(channel);
            default:
                return 64;
        }
    }

    // Answers every message with itself until the other side closes.
    private static int Echo(SeqPacketSocket channel)
    {
        var buffer = new byte[4096];
        while (true)
        {
            Waiting.IsReadable(channel);
            switch (channel.TryReceive(buffer, out var length))
            {
                case ReceiveResult.Data:
                    channel.Send(buffer.AsSpan(0, length));
                    break;
                case ReceiveResult.Closed:
                    return 7;
                case ReceiveResult.Empty or ReceiveResult.TooLong:
                    return 1;
            }
        }
    }

    // A real-time thread that never blocks, for at most ten seconds.
    private static int Spin(SeqPacketSocket channel)
    {
        var errno = Scheduling.TryRealTime(1, TimeSpan.FromMilliseconds(200));
        Say(channel, errno == 0 && Scheduling.IsRealTime ? "real-time" : new LinuxError(errno).ToString());
        var end = Clock.Now() + TimeSpan.FromSeconds(10);
        while (Clock.Now() < end)
        {
        }

        return 1;
    }

    private static int LockMemory(SeqPacketSocket channel)
    {
        var errno = MemoryLock.TryLockAll();
        var locked = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmLck:", StringComparison.Ordinal));
        Say(channel, errno != 0 ? new LinuxError(errno).ToString() : locked.Contains(" 0 kB", StringComparison.Ordinal) ? "nothing" : "locked");
        return 0;
    }

    // Stopped and continued by the test while it waits for something that never comes.
    private static int WaitThroughInterruption(SeqPacketSocket channel)
    {
        using var never = new EventFd();
        using var epoll = new Epoll();
        epoll.Add(never, 1, EpollInterest.Readable);
        Say(channel, "waiting");
        var events = new EpollEvent[1];
        var count = epoll.Wait(events, 20_000);
        Say(channel, $"{count} events");
        return 0;
    }

    private static int LeaveAnOrphan(SeqPacketSocket channel)
    {
        // The orphan gets a copy of our own channel: it is closed only when both of us are gone.
        using var child = ProcessSpawner.Spawn(Executable, ["child", "orphan"], Inherited(), [(channel, Channel)]);
        Waiting.IsReadable(channel);
        return 0;
    }

    private static int DieWithParent(SeqPacketSocket channel)
    {
        var errno = ParentDeath.SetSignal(9);
        Say(channel, errno == 0 ? "tied" : new LinuxError(errno).ToString());
        using var never = new EventFd();
        Waiting.IsReadable(never, timeoutMs: 60_000);
        return 1;
    }

    private static void Say(SeqPacketSocket channel, string text) => channel.Send(System.Text.Encoding.UTF8.GetBytes(text));

    private static string[] Inherited() =>
        [.. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}")];
}
