using CsCheck;
using Vigie.Core.Election;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Election;

/// <summary>How long the kernel keeps an address that nobody renews any more.</summary>
public sealed class AddressLifetimeTests
{
    /// <summary>From a Backup's deadline until it has its addresses in the kernel and its announcements have arrived: 30 ms and more to spare.</summary>
    private static readonly TimeSpan TakeoverTime = TimeSpan.FromMilliseconds(200);

    [Theory]
    [InlineData(0.01, 2)]
    [InlineData(0.31, 2)]
    [InlineData(0.32, 3)]
    [InlineData(0.5, 4)]
    [InlineData(1, 6)]
    [InlineData(40.95, 166)]
    [InlineData(255, 1022)]
    public void It_is_four_intervals_and_a_renewal_and_a_quarter_second_rounded_up_and_never_less_than_two(double interval, uint seconds) =>
        Assert.Equal(seconds, ElectionTimers.AddressLifetimeSeconds(TimeSpan.FromSeconds(interval)));

    [Fact]
    public void It_outlives_the_longest_wait_of_any_Backup_after_the_last_advertisement() =>
        Gen.Int[1, 4095].Sample(centiseconds =>
        {
            var interval = TimeSpan.FromMilliseconds(centiseconds * 10);
            var longest = ElectionTimers.ActiveDownInterval(VrrpVersion.V3, 1, interval);

            Assert.True(TimeSpan.FromSeconds(ElectionTimers.AddressLifetimeSeconds(interval)) >= longest + TimeSpan.FromMilliseconds(750));
        });

    [Theory]
    [InlineData(2, 500)]
    [InlineData(3, 1000)]
    [InlineData(166, 1000)]
    public void It_is_renewed_every_second_and_twice_as_often_when_it_is_two(uint lifetime, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), ElectionTimers.AddressRenewalInterval(lifetime));

    [Fact]
    public void Killed_at_the_worst_moment_every_Backup_has_taken_over_before_the_kernel_lets_go_at_every_interval()
    {
        foreach (var (version, interval) in EveryInterval())
        {
            var lifetime = ElectionTimers.AddressLifetimeSeconds(interval);
            // All of ours died just before a renewal was due, and just after an advertisement.
            var left = EarliestRemoval(lifetime) - ElectionTimers.AddressRenewalInterval(lifetime);
            for (var priority = 1; priority <= 254; priority++)
                if (left < ElectionTimers.ActiveDownInterval(version, (byte)priority, interval) + TakeoverTime)
                    Assert.Fail($"{version} at {interval}: gone after {left}, while priority {priority} still waits");
        }
    }

    /// <summary>Without the margin there would be a hole: the test above looks at something.</summary>
    [Fact]
    public void Four_intervals_and_a_second_would_not_do()
    {
        var interval = TimeSpan.FromSeconds(0.5);
        var left = EarliestRemoval(3) - ElectionTimers.AddressRenewalInterval(3);
        Assert.True(left < ElectionTimers.ActiveDownInterval(VrrpVersion.V3, 1, interval));
    }

    [Fact]
    public void A_renewal_may_come_a_second_late_at_every_interval()
    {
        foreach (var (version, interval) in EveryInterval())
        {
            var lifetime = ElectionTimers.AddressLifetimeSeconds(interval);
            var spare = EarliestRemoval(lifetime) - ElectionTimers.AddressRenewalInterval(lifetime);
            Assert.True(spare >= TimeSpan.FromSeconds(1), $"{version} at {interval}: {spare}");
        }
    }

    [Fact]
    public void It_never_outlives_its_use_by_more_than_the_rounding_at_every_interval()
    {
        foreach (var (version, interval) in EveryInterval())
        {
            var lifetime = TimeSpan.FromSeconds(ElectionTimers.AddressLifetimeSeconds(interval));
            Assert.True(lifetime < 4 * interval + TimeSpan.FromSeconds(2.25), $"{version} at {interval}: {lifetime}");
        }
    }

    /// <summary>
    /// When the kernel lets go of an address at the earliest, after it was last renewed, whatever its tick is. It reckons
    /// the age in ticks, adds a fiftieth of a second so that one sweep takes several addresses, and cuts it to whole
    /// seconds; a tick may have begun just before the renewal.
    /// </summary>
    private static TimeSpan EarliestRemoval(uint lifetimeSeconds)
    {
        var earliest = TimeSpan.MaxValue;
        foreach (var ticksPerSecond in (int[])[100, 250, 300, 1000])
        {
            var age = lifetimeSeconds * (long)ticksPerSecond - ticksPerSecond / 50;
            Assert.Equal(lifetimeSeconds, (age + ticksPerSecond / 50) / ticksPerSecond);
            var removal = (age - 1) * TimeSpan.FromSeconds(1) / ticksPerSecond;
            earliest = removal < earliest ? removal : earliest;
        }

        return earliest;
    }

    /// <summary>All that the wire can say: 10 ms to 40.95 s in version 3, 1 s to 255 s in version 2.</summary>
    private static IEnumerable<(VrrpVersion Version, TimeSpan Interval)> EveryInterval() =>
        Enumerable.Range(1, 4095).Select(n => (VrrpVersion.V3, TimeSpan.FromMilliseconds(10 * n)))
            .Concat(Enumerable.Range(1, 255).Select(n => (VrrpVersion.V2, TimeSpan.FromSeconds(n))));
}
