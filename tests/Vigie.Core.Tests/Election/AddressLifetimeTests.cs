using CsCheck;
using Vigie.Core.Election;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Election;

/// <summary>How long the kernel keeps an address that nobody renews any more.</summary>
public sealed class AddressLifetimeTests
{
    [Theory]
    [InlineData(0.01, 2)]
    [InlineData(0.25, 2)]
    [InlineData(0.26, 3)]
    [InlineData(1, 5)]
    [InlineData(40.95, 165)]
    [InlineData(255, 1021)]
    public void It_is_four_intervals_and_a_second_rounded_up_and_never_less_than_two(double interval, uint seconds) =>
        Assert.Equal(seconds, ElectionTimers.AddressLifetimeSeconds(TimeSpan.FromSeconds(interval)));

    [Fact]
    public void It_outlives_the_longest_wait_of_any_Backup_after_the_last_advertisement() =>
        Gen.Int[1, 4095].Sample(centiseconds =>
        {
            var interval = TimeSpan.FromMilliseconds(centiseconds * 10);
            var longest = ElectionTimers.ActiveDownInterval(VrrpVersion.V3, 1, interval);

            Assert.True(TimeSpan.FromSeconds(ElectionTimers.AddressLifetimeSeconds(interval)) >= longest + TimeSpan.FromSeconds(1));
        });

    [Theory]
    [InlineData(2, 500)]
    [InlineData(3, 1000)]
    [InlineData(165, 1000)]
    public void It_is_renewed_every_second_and_twice_as_often_when_it_is_two(uint lifetime, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), ElectionTimers.AddressRenewalInterval(lifetime));

    [Fact]
    public void Killed_at_the_worst_moment_it_outlives_the_wait_of_every_Backup_at_every_interval()
    {
        foreach (var (version, interval) in EveryInterval())
        {
            var lifetime = ElectionTimers.AddressLifetimeSeconds(interval);
            // All of ours died just before a renewal was due, and just after an advertisement.
            var left = TimeSpan.FromSeconds(lifetime) - ElectionTimers.AddressRenewalInterval(lifetime);
            for (var priority = 1; priority <= 254; priority++)
                if (left < ElectionTimers.ActiveDownInterval(version, (byte)priority, interval))
                    Assert.Fail($"{version} at {interval}: gone after {left}, while priority {priority} still waits");
        }
    }

    [Fact]
    public void A_renewal_may_come_a_second_late_at_every_interval()
    {
        // The kernel rounds ages up by a quarter of a second to let several addresses go in one sweep.
        var sweep = TimeSpan.FromMilliseconds(250);
        foreach (var (version, interval) in EveryInterval())
        {
            var lifetime = ElectionTimers.AddressLifetimeSeconds(interval);
            var spare = TimeSpan.FromSeconds(lifetime) - ElectionTimers.AddressRenewalInterval(lifetime) - sweep;
            Assert.True(spare >= TimeSpan.FromSeconds(1), $"{version} at {interval}: {spare}");
        }
    }

    [Fact]
    public void It_never_outlives_its_use_by_more_than_the_rounding_at_every_interval()
    {
        foreach (var (version, interval) in EveryInterval())
        {
            var lifetime = TimeSpan.FromSeconds(ElectionTimers.AddressLifetimeSeconds(interval));
            Assert.True(lifetime < 4 * interval + TimeSpan.FromSeconds(2), $"{version} at {interval}: {lifetime}");
        }
    }

    /// <summary>All that the wire can say: 10 ms to 40.95 s in version 3, 1 s to 255 s in version 2.</summary>
    private static IEnumerable<(VrrpVersion Version, TimeSpan Interval)> EveryInterval() =>
        Enumerable.Range(1, 4095).Select(n => (VrrpVersion.V3, TimeSpan.FromMilliseconds(10 * n)))
            .Concat(Enumerable.Range(1, 255).Select(n => (VrrpVersion.V2, TimeSpan.FromSeconds(n))));
}
