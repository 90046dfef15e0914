using Vigie.Core;
using Xunit;

namespace Vigie.Linux.Tests.Descriptors;

/// <summary>The clock, and what a thread waits on: epoll, timers, bells.</summary>
public sealed class WaitingDescriptorsTests
{
    [Fact]
    public void The_clock_is_the_time_since_boot()
    {
        var before = Uptime();
        var now = Clock.Now();
        var after = Uptime();

        // /proc/uptime counts in hundredths.
        Assert.InRange(now.Nanoseconds / 1e9, before - 0.011, after + 0.011);
    }

    [Fact]
    public void Reading_the_clock_allocates_nothing() => Assert.Equal(0, Allocations.Of(() => Clock.Now()));

    [Fact]
    public void What_is_ready_is_reported_with_its_token_and_nothing_else_is()
    {
        using var epoll = new Epoll();
        using var silent = new EventFd();
        using var rung = new EventFd();
        epoll.Add(silent, 1, EpollInterest.Readable);
        epoll.Add(rung, 0xFEDC_BA98_7654_3210, EpollInterest.Readable);
        rung.Signal();

        var events = new EpollEvent[8];

        Assert.Equal(1, epoll.Wait(events, 1000));
        Assert.Equal(new EpollEvent(0xFEDC_BA98_7654_3210, EpollInterest.Readable), events[0]);
    }

    [Fact]
    public void Every_ready_descriptor_keeps_its_own_token()
    {
        using var epoll = new Epoll();
        var bells = Enumerable.Range(0, 10).Select(_ => new EventFd()).ToArray();
        for (var i = 0; i < bells.Length; i++)
        {
            epoll.Add(bells[i], (ulong)i << 33 | 1, EpollInterest.Readable);
            bells[i].Signal();
        }

        var events = new EpollEvent[16];
        var count = epoll.Wait(events, 0);

        Assert.Equal(
            Enumerable.Range(0, 10).Select(i => (ulong)i << 33 | 1),
            events.Take(count).Select(@event => @event.Token).Order());
        Array.ForEach(bells, bell => bell.Dispose());
    }

    [Fact]
    public void Interest_can_be_changed_and_withdrawn()
    {
        using var epoll = new Epoll();
        using var bell = new EventFd();
        var events = new EpollEvent[1];
        epoll.Add(bell, 1, EpollInterest.Readable);
        Assert.Equal(0, epoll.Wait(events, 0));

        epoll.Modify(bell, 2, EpollInterest.Writable);
        Assert.Equal(1, epoll.Wait(events, 0));
        Assert.Equal(new EpollEvent(2, EpollInterest.Writable), events[0]);

        epoll.Remove(bell);
        Assert.Equal(0, epoll.Wait(events, 0));
    }

    [Fact]
    public void A_bell_rings_until_it_is_acknowledged()
    {
        using var bell = new EventFd();
        Assert.False(bell.Acknowledge());

        bell.Signal();
        bell.Signal();

        Assert.True(Waiting.IsReadable(bell, 0));
        Assert.True(bell.Acknowledge());
        Assert.False(Waiting.IsReadable(bell, 0));
        Assert.False(bell.Acknowledge());
    }

    [Fact]
    public void A_deadline_in_the_past_fires_at_once()
    {
        using var timer = new TimerFd();

        timer.Arm(Instant.Zero);

        Assert.True(Waiting.IsReadable(timer, 0));
        Assert.True(timer.Acknowledge());
        Assert.False(timer.Acknowledge());
    }

    [Fact]
    public void A_timer_fires_at_its_deadline_and_not_before()
    {
        using var timer = new TimerFd();
        var deadline = Clock.Now() + TimeSpan.FromMilliseconds(30);

        timer.Arm(deadline);

        Assert.False(timer.Acknowledge());
        Assert.True(Waiting.IsReadable(timer));
        Assert.InRange((Clock.Now() - deadline).TotalMilliseconds, 0, 2000);
    }

    [Fact]
    public void A_timer_without_a_deadline_stays_silent_and_forgets_what_had_fired()
    {
        using var timer = new TimerFd();
        timer.Arm(Instant.Zero);
        Assert.True(Waiting.IsReadable(timer, 0));

        timer.Arm(Instant.Never);

        Assert.False(Waiting.IsReadable(timer, 0));
        Assert.False(timer.Acknowledge());
    }

    [Fact]
    public void Waiting_arming_and_ringing_allocate_nothing()
    {
        using var epoll = new Epoll();
        using var timer = new TimerFd();
        using var bell = new EventFd();
        epoll.Add(timer, 1, EpollInterest.Readable);
        epoll.Add(bell, 2, EpollInterest.Readable);
        var events = new EpollEvent[4];

        Assert.Equal(0, Allocations.Of(() =>
        {
            timer.Arm(Instant.Zero);
            bell.Signal();
            epoll.Wait(events, 0);
            timer.Acknowledge();
            bell.Acknowledge();
        }));
    }

    private static double Uptime() =>
        double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
}
