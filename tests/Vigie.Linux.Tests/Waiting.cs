using Xunit;

namespace Vigie.Linux.Tests;

/// <summary>Waits on a descriptor or a condition, with a deadline that only a broken test reaches.</summary>
internal static class Waiting
{
    private const int DeadlineMs = 10_000;

    /// <summary>Waits until the descriptor is readable; false when it stays silent for the whole time.</summary>
    public static bool IsReadable(FileDescriptor fd, int timeoutMs = DeadlineMs)
    {
        using var epoll = new Epoll();
        epoll.Add(fd, 1, EpollInterest.Readable);
        Span<EpollEvent> events = new EpollEvent[1];
        var deadline = Clock.Now() + TimeSpan.FromMilliseconds(timeoutMs);
        while (true)
        {
            var left = (deadline - Clock.Now()).TotalMilliseconds;
            if (epoll.Wait(events, Math.Max(0, (int)Math.Ceiling(left))) == 1)
                return true;
            if (left <= 0)
                return false;
        }
    }

    /// <summary>Asks again and again, letting others run in between.</summary>
    public static void Until(Func<bool> condition, string what, int timeoutMs = DeadlineMs)
    {
        using var timer = new TimerFd();
        var deadline = Clock.Now() + TimeSpan.FromMilliseconds(timeoutMs);
        while (!condition())
        {
            Assert.True(Clock.Now() < deadline, $"still waiting for: {what}");
            timer.Arm(Clock.Now() + TimeSpan.FromMilliseconds(1));
            IsReadable(timer);
        }
    }
}
