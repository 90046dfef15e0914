using CsCheck;
using Vigie.Core.Election;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Election;

/// <summary>RFC 9568 6.1, the derived intervals, exact to the 100 ns tick.</summary>
public sealed class Rfc9568TimerTests
{
    [Theory]
    [InlineData(100, 1000, 6_093_750)] // 156/256 s
    [InlineData(254, 10, 781)] // 2/256 of 100,000 ticks = 781.25
    [InlineData(1, 40950, 407_900_390)] // 255/256 of 40.95 s
    [InlineData(255, 1000, 39_062)] // the owner's: 1/256 s
    public void Skew_Time_is_256_minus_the_priority_over_256_of_the_interval_of_the_Active(byte priority, int milliseconds, long ticks) =>
        Assert.Equal(TimeSpan.FromTicks(ticks), ElectionTimers.SkewTime(VrrpVersion.V3, priority, TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void Skew_Time_never_loses_more_than_a_tick_for_any_priority_and_interval() =>
        (from priority in Gen.Int[0, 255]
         from centiseconds in Gen.Int[1, 4095]
         select (priority, centiseconds)).Sample(x =>
        {
            var interval = TimeSpan.FromMilliseconds(x.centiseconds * 10);
            var exact = (256 - x.priority) * (decimal)interval.Ticks / 256;

            var skew = ElectionTimers.SkewTime(VrrpVersion.V3, (byte)x.priority, interval).Ticks;

            Assert.InRange(exact - skew, 0m, 0.999999m);
            Assert.Equal(3 * interval.Ticks + skew, ElectionTimers.ActiveDownInterval(VrrpVersion.V3, (byte)x.priority, interval).Ticks);
        });

    [Fact]
    public void Every_priority_waits_longer_than_the_next_one_even_at_10_ms()
    {
        var interval = TimeSpan.FromMilliseconds(10);
        for (var priority = 0; priority < 255; priority++)
            Assert.True(
                ElectionTimers.ActiveDownInterval(VrrpVersion.V3, (byte)priority, interval)
                > ElectionTimers.ActiveDownInterval(VrrpVersion.V3, (byte)(priority + 1), interval), $"priority {priority}");
    }

    [Theory]
    [InlineData(10, 300_000 + 60_937)]
    [InlineData(1000, 30_000_000 + 6_093_750)]
    public void Active_Down_Interval_is_three_intervals_of_the_Active_and_Skew_Time(int milliseconds, long ticks) =>
        Assert.Equal(
            TimeSpan.FromTicks(ticks), ElectionTimers.ActiveDownInterval(VrrpVersion.V3, 100, TimeSpan.FromMilliseconds(milliseconds)));
}
