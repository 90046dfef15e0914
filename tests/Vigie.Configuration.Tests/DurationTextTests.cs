using CsCheck;
using Vigie.Configuration.Values;
using Xunit;

namespace Vigie.Configuration.Tests;

/// <summary>Times as people write them.</summary>
public sealed class DurationTextTests
{
    [Theory]
    [InlineData("100ms", 1_000_000)]
    [InlineData("1s", 10_000_000)]
    [InlineData("1.5s", 15_000_000)]
    [InlineData("500us", 5_000)]
    [InlineData("0.1us", 1)]
    [InlineData("2m", 1_200_000_000)]
    [InlineData("1h", 36_000_000_000)]
    [InlineData("1m30s", 900_000_000)]
    [InlineData("1h2m3s4ms5us", 37_230_040_050)]
    [InlineData("0s", 0)]
    [InlineData("007s", 70_000_000)]
    public void A_time_has_a_number_and_a_unit(string text, long ticks)
    {
        var reading = DurationText.Read(text);

        Assert.Null(reading.Problem);
        Assert.Equal(ticks, reading.Value.Ticks);
    }

    [Theory]
    [InlineData("1", "'1' has no unit", "write 1s for seconds or 1ms for milliseconds")]
    [InlineData("1.5", "'1.5' has no unit", "write 1.5s for seconds or 1.5ms for milliseconds")]
    [InlineData("1m30", "'1m30' has no unit after 30", "write 30s for seconds or 30ms for milliseconds")]
    [InlineData("100 ms", "'100 ms': number and unit stand together", "write 100ms")]
    [InlineData("1sec", "'1sec': unknown unit 'sec'", "write 1s; the units are h, m, s, ms and us")]
    [InlineData("1S", "'1S': unknown unit 'S'", "write 1s; the units are h, m, s, ms and us")]
    [InlineData("5µs", "'5µs': unknown unit 'µs'", "write 5us; the units are h, m, s, ms and us")]
    [InlineData("1d", "'1d': unknown unit 'd'", "the units are h, m, s, ms and us")]
    [InlineData("1s1m", "'1s1m': units go from large to small, each once", "write for example 1m30s")]
    [InlineData("1s1s", "'1s1s': units go from large to small, each once", "write for example 1m30s")]
    [InlineData("-1s", "'-1s': a time cannot be negative", "remove the minus sign")]
    [InlineData("0.05us", "'0.05us' is finer than 100 nanoseconds", "write it with fewer decimals")]
    [InlineData("999999999999h", "'999999999999h' is too long a time", "write a shorter time")]
    [InlineData("", "'' is not a time", "write a number and a unit, for example 100ms or 1.5s")]
    [InlineData("s", "'s' is not a time", "write a number and a unit, for example 100ms or 1.5s")]
    [InlineData(".5s", "'.5s' is not a time", "write a number and a unit, for example 100ms or 1.5s")]
    [InlineData("1.s", "'1.s' is not a time", "write a number and a unit, for example 100ms or 1.5s")]
    [InlineData("1.2.3s", "'1.2.3s' is not a time", "write a number and a unit, for example 100ms or 1.5s")]
    [InlineData("soon", "'soon' is not a time", "write a number and a unit, for example 100ms or 1.5s")]
    public void What_is_no_time_is_explained(string text, string problem, string remedy)
    {
        var reading = DurationText.Read(text);

        Assert.Equal((problem, remedy), (reading.Problem, reading.Remedy));
    }

    [Fact]
    public void What_is_written_is_read_back() =>
        Gen.Long[0, TimeSpan.TicksPerDay].Sample(ticks =>
            DurationText.Read(DurationText.Format(new TimeSpan(ticks))) == DurationReading.Of(new TimeSpan(ticks)));

    [Fact]
    public void Any_text_gets_an_answer() =>
        Gen.OneOf(Gen.String, Gen.String["0123456789.hmsu- "]).Sample(text =>
        {
            var reading = DurationText.Read(text);
            return reading.IsValid == (reading.Remedy is null) && reading.Value >= TimeSpan.Zero;
        });

    [Fact]
    public void The_pattern_for_editors_accepts_every_time_that_the_reader_accepts() =>
        Gen.String["0123456789.hmsu"].Sample(text =>
            !DurationText.Read(text).IsValid || System.Text.RegularExpressions.Regex.IsMatch(text, DurationText.Pattern), iter: 20_000);
}
