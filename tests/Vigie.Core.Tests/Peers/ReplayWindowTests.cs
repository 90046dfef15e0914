using CsCheck;
using Vigie.Core.Peers;
using Xunit;

namespace Vigie.Core.Tests.Peers;

/// <summary>Which numbers count as new.</summary>
public sealed class ReplayWindowTests
{
    [Fact]
    public void It_decides_as_a_set_of_all_numbers_would()
    {
        // Steps around the sizes at which words and the whole ring are cleared, forwards and back.
        var step = Gen.OneOf(Gen.Int[-1100, 3], Gen.Int[0, 70], Gen.Int[1000, 1100], Gen.Int[2000, 2100]);
        Gen.Select(Gen.ULong[1, 5000], step.Array[0, 400]).Sample((start, steps) =>
        {
            var window = new ReplayWindow();
            var seen = new HashSet<ulong>();
            var (at, highest) = ((long)start, 0L);
            foreach (var by in steps)
            {
                at = Math.Max(1, at + by);
                var expected = at <= highest - ReplayWindow.Size ? ChannelError.Stale : seen.Contains((ulong)at) ? ChannelError.Replayed : ChannelError.None;
                if (window.Check((ulong)at) != expected)
                    return false;
                if (expected != ChannelError.None)
                    continue;
                window.Accept((ulong)at);
                seen.Add((ulong)at);
                highest = Math.Max(highest, at);
            }

            return window.Highest == (ulong)highest;
        });
    }

    [Fact]
    public void At_the_end_of_the_range_nothing_wraps()
    {
        var window = new ReplayWindow();
        window.Accept(1);
        window.Accept(1100); // in the ring, the place of the number below
        window.Accept(ulong.MaxValue);
        Assert.Equal(ChannelError.None, window.Check(ulong.MaxValue - 947));
        Assert.Equal(ChannelError.Replayed, window.Check(ulong.MaxValue));
        Assert.Equal(ChannelError.None, window.Check(ulong.MaxValue - ReplayWindow.Size + 1));
        Assert.Equal(ChannelError.Stale, window.Check(ulong.MaxValue - ReplayWindow.Size));
        Assert.Equal(ChannelError.Stale, window.Check(1));
        Assert.Equal(ChannelError.Stale, window.Check(2));
    }
}
