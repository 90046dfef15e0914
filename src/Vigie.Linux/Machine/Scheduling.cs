using System.Runtime.InteropServices;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>Puts the calling thread ahead of ordinary ones, with a limit that ends the process if it runs away.</summary>
public static unsafe class Scheduling
{
    private const int Other = 0;
    private const int FirstInFirstOut = 1;
    private const int ResetOnFork = 0x40000000;
    private const int LimitRealTime = 15;
    private const ulong HardLimitSlackMicroseconds = 1_000_000;

    /// <summary>
    /// SCHED_FIFO for the calling thread only (its children and new threads are ordinary again). If a real-time thread
    /// of the process then runs for <paramref name="runtimeLimit"/> without ever blocking, the kernel ends the process
    /// with SIGXCPU. Returns an errno: EPERM without CAP_SYS_NICE.
    /// </summary>
    /// <param name="priority">1 to 99.</param>
    /// <param name="runtimeLimit">At least a millisecond.</param>
    public static int TryRealTime(int priority, TimeSpan runtimeLimit)
    {
        // The limit first: a runaway thread must never run without one.
        var errno = LimitRuntime((ulong)Math.Max(1000, runtimeLimit.Ticks / TimeSpan.TicksPerMicrosecond));
        if (errno != 0)
            return errno;
        return Libc.sched_setscheduler(0, FirstInFirstOut | ResetOnFork, &priority) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Makes the calling thread an ordinary one again; an errno.</summary>
    public static int ReturnToNormal()
    {
        var priority = 0;
        return Libc.sched_setscheduler(0, Other, &priority) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Whether the calling thread runs under SCHED_FIFO.</summary>
    public static bool IsRealTime => (Libc.sched_getscheduler(0) & ~ResetOnFork) == FirstInFirstOut;

    private static int LimitRuntime(ulong microseconds)
    {
        ResourceLimit limit;
        if (Libc.getrlimit(LimitRealTime, &limit) < 0)
            return Marshal.GetLastPInvokeError();

        // The soft limit sends SIGXCPU, which names the cause in the exit status; the hard one kills should that fail.
        var hard = Math.Min(limit.Hard, microseconds + HardLimitSlackMicroseconds);
        limit = new ResourceLimit { Soft = Math.Min(microseconds, hard), Hard = hard };
        return Libc.setrlimit(LimitRealTime, &limit) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }
}
