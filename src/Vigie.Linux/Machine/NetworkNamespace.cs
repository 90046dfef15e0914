using System.Runtime.ExceptionServices;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>
/// Runs code inside another network namespace. A socket belongs for ever to the namespace it was opened in, so the
/// delegate opens what it needs and returns it.
/// </summary>
public static class NetworkNamespace
{
    private const int CloneNewNetwork = 0x40000000;

    /// <summary>Runs the action in the namespace behind a path such as /run/netns/NAME or /proc/PID/ns/net.</summary>
    public static void Run(string path, Action action) => Run(path, () => { action(); return true; });

    public static T Run<T>(string path, Func<T> function)
    {
        using var target = FileDescriptor.Open(path);
        return Run(target, function);
    }

    public static void Run(FileDescriptor target, Action action) => Run(target, () => { action(); return true; });

    public static T Run<T>(FileDescriptor target, Func<T> function) => OnOwnThread(() =>
    {
        if (Libc.setns(target, CloneNewNetwork) < 0)
            throw LinuxException.Last("setns(CLONE_NEWNET)");
        return function();
    });

    /// <summary>
    /// Moves the calling thread, and only it, into the namespace for the rest of its life: what it opens or starts from
    /// now on belongs there. For threads of one's own, never for pooled ones.
    /// </summary>
    public static void Enter(string path)
    {
        using var target = FileDescriptor.Open(path);
        if (Libc.setns(target, CloneNewNetwork) < 0)
            throw LinuxException.Last($"setns({path}, CLONE_NEWNET)");
    }

    /// <summary>
    /// Makes a new, empty namespace without a name; it lives as long as the descriptor, its sockets or its processes.
    /// </summary>
    public static FileDescriptor Create() => OnOwnThread(() =>
    {
        if (Libc.unshare(CloneNewNetwork) < 0)
            throw LinuxException.Last("unshare(CLONE_NEWNET)");
        return FileDescriptor.Open("/proc/thread-self/ns/net");
    });

    // A thread of its own, which ends afterwards: a pooled thread would carry the namespace to whoever runs on it next.
    private static T OnOwnThread<T>(Func<T> function)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = function();
            }
#pragma warning disable CA1031 // Whatever it is, the caller's thread gets it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        {
            IsBackground = true,
            Name = "network namespace",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }
}
