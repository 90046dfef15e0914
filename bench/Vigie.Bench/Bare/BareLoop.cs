using System.Globalization;
using Vigie.Core;
using Vigie.Linux;

namespace Vigie.Bench.Bare;

/// <summary>
/// A process that does nothing but wait for a timer, with the means, the priority and the locked memory of Vigie's node: as
/// late as this loop, anything on the machine is late. It allocates nothing while it measures.
/// </summary>
internal static class BareLoop
{
    /// <summary>The verb under which the benchmarks start it; not for people.</summary>
    public const string Verb = "bare-loop";

    private const int RealTimePriority = 40; // the node's
    private const int WarmUps = 200;
    private static readonly TimeSpan RuntimeLimit = TimeSpan.FromSeconds(2);

    /// <summary>Arguments: milliseconds between wake-ups, and how many. Prints how late each was, in microseconds.</summary>
    public static int Run(string[] arguments)
    {
        var interval = TimeSpan.FromMilliseconds(int.Parse(arguments[1], CultureInfo.InvariantCulture));
        var late = new long[int.Parse(arguments[2], CultureInfo.InvariantCulture)];
        _ = MemoryLock.TryLockAll();
        if (Scheduling.TryRealTime(RealTimePriority, RuntimeLimit) != 0)
        {
            Console.WriteLine("no real-time priority");
            return 1;
        }

        using var timer = new TimerFd();
        using var epoll = new Epoll();
        epoll.Add(timer, 0, EpollInterest.Readable);
        Measure(timer, epoll, TimeSpan.FromMilliseconds(1), new long[WarmUps]); // compiles
        Console.WriteLine("measuring");
        Measure(timer, epoll, interval, late);
        _ = Scheduling.ReturnToNormal();
        Console.WriteLine(string.Join(' ', late));
        Console.WriteLine("done");
        return 0;
    }

    private static void Measure(TimerFd timer, Epoll epoll, TimeSpan interval, long[] late)
    {
        Span<EpollEvent> ready = stackalloc EpollEvent[1];
        var due = Clock.Now() + interval;
        for (var i = 0; i < late.Length; i++)
        {
            timer.Arm(due);
            while (epoll.Wait(ready, -1) == 0)
                continue; // a signal
            timer.Acknowledge();
            var now = Clock.Now();
            late[i] = Math.Max(0, (now - due).Ticks / TimeSpan.TicksPerMicrosecond);
            // As the election: on the beat, and after a long sleep the beat begins anew.
            due = due + interval > now ? due + interval : now + interval;
        }
    }
}
