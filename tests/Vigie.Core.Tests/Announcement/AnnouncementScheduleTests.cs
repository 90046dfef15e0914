using CsCheck;
using Vigie.Core.Announcement;
using Xunit;

namespace Vigie.Core.Tests.Announcement;

/// <summary>Which address is announced when.</summary>
public sealed class AnnouncementScheduleTests
{
    private static readonly Instant Beginning = new(7_000_000_000);

    [Fact]
    public void One_address_is_announced_in_three_bursts_of_five_and_then_every_30_s()
    {
        var schedule = new AnnouncementSchedule();
        schedule.Start(Beginning, 1);

        Assert.Equal(
            [0, 10, 20, 30, 40, 1100, 1110, 1120, 1130, 1140, 5000, 5010, 5020, 5030, 5040, 35040, 65040, 95040],
            Milliseconds(Run(schedule, Beginning, 18)));
    }

    [Fact]
    public void Every_address_gets_its_first_frame_before_any_gets_its_second()
    {
        var schedule = new AnnouncementSchedule();
        schedule.Start(Beginning, 3);

        var calls = Run(schedule, Beginning, 9);

        Assert.Equal([0, 1, 2, 0, 1, 2, 0, 1, 2], calls.Select(c => c.Address));
        Assert.Equal([0, 0, 0, 10, 10, 10, 20, 20, 20], Milliseconds(calls));
    }

    [Fact]
    public void The_first_round_of_a_later_burst_and_every_refresh_verify_and_no_other_round_does()
    {
        var schedule = new AnnouncementSchedule();
        schedule.Start(Beginning, 1);
        var verifying = new List<int>();

        for (var round = 0; round < 18; round++)
        {
            if (schedule.NextRoundVerifies)
                verifying.Add(round);
            Assert.True(schedule.TryNext(schedule.DueAt, out _));
        }

        Assert.Equal([5, 10, 15, 16, 17], verifying);
    }

    [Fact]
    public void One_round_ends_the_first_burst()
    {
        var schedule = new AnnouncementSchedule();
        schedule.Start(Beginning, 2);
        var last = new List<int>();

        for (var frame = 0; frame < 36; frame++)
        {
            if (schedule.NextRoundEndsFirstBurst)
                last.Add(frame);
            Assert.True(schedule.TryNext(schedule.DueAt, out _));
        }

        Assert.Equal([8, 9], last);
    }

    [Fact]
    public void Before_it_is_due_nothing_is_given()
    {
        var schedule = new AnnouncementSchedule();
        Assert.False(schedule.TryNext(Beginning, out _));
        schedule.Start(Beginning, 1);
        Assert.True(schedule.TryNext(Beginning, out _));

        Assert.False(schedule.TryNext(Beginning + (AnnouncementSchedule.RoundSpacing - TimeSpan.FromTicks(1)), out _));
        Assert.True(schedule.TryNext(Beginning + AnnouncementSchedule.RoundSpacing, out _));
    }

    [Fact]
    public void A_late_burst_keeps_its_spacing_and_does_not_catch_up()
    {
        var schedule = new AnnouncementSchedule();
        schedule.Start(Beginning, 1);

        var calls = Run(schedule, Beginning + TimeSpan.FromSeconds(20), 6);

        Assert.Equal([20_000, 20_010, 20_020, 20_030, 20_040, 20_050], Milliseconds(calls));
    }

    [Fact]
    public void A_restart_within_200_ms_leaves_the_running_schedule()
    {
        var schedule = new AnnouncementSchedule();
        schedule.Start(Beginning, 1);
        Run(schedule, Beginning, 5);

        schedule.Start(Beginning + (AnnouncementSchedule.ShortestRestart - TimeSpan.FromTicks(1)), 1);
        Assert.Equal(Beginning + AnnouncementSchedule.SecondBurstAfter, schedule.DueAt);

        schedule.Start(Beginning + AnnouncementSchedule.ShortestRestart, 1);
        Assert.Equal(Beginning + AnnouncementSchedule.ShortestRestart, schedule.DueAt);
    }

    [Fact]
    public void A_restart_with_another_number_of_addresses_or_after_a_stop_is_never_left_out()
    {
        var schedule = new AnnouncementSchedule();
        schedule.Start(Beginning, 3);
        Run(schedule, Beginning, 2);
        schedule.Start(Beginning, 1);
        Assert.Equal([0, 0], Run(schedule, Beginning, 2).Select(c => c.Address));

        schedule.Stop();
        Assert.False(schedule.IsRunning);
        schedule.Start(Beginning, 1);
        Assert.Equal(Beginning, schedule.DueAt);
    }

    [Fact]
    public void Without_addresses_nothing_is_ever_due()
    {
        var schedule = new AnnouncementSchedule();
        schedule.Start(Beginning, 0);

        Assert.Equal((false, Instant.Never), (schedule.IsRunning, schedule.DueAt));
    }

    [Fact]
    public void However_often_it_is_restarted_an_address_is_announced_at_most_eleven_times_in_100_ms() =>
        Gen.Int[0, 60].Array[1, 200].Sample(pauses =>
        {
            var schedule = new AnnouncementSchedule();
            var now = Beginning;
            List<Instant> frames = [];
            foreach (var pause in pauses)
            {
                schedule.Start(now, 1);
                while (schedule.TryNext(now, out _))
                    frames.Add(now);
                now += TimeSpan.FromMilliseconds(pause);
            }

            foreach (var from in frames)
                Assert.InRange(frames.Count(f => f >= from && f < from + TimeSpan.FromMilliseconds(100)), 1, 11);
        });

    /// <summary>Asks whenever something is due, and not before the given time.</summary>
    private static List<(Instant At, int Address)> Run(AnnouncementSchedule schedule, Instant from, int count)
    {
        List<(Instant, int)> calls = [];
        while (calls.Count < count)
        {
            var now = Instant.Max(from, schedule.DueAt);
            Assert.True(schedule.TryNext(now, out var address));
            calls.Add((now, address));
        }

        return calls;
    }

    private static IEnumerable<int> Milliseconds(List<(Instant At, int Address)> calls) =>
        calls.Select(c => (int)(c.At - Beginning).TotalMilliseconds);
}
