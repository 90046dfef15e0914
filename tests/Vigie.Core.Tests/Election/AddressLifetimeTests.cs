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
}
