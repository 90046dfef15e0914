using Vigie.Configuration.Values;

namespace Vigie.Configuration;

/// <summary>Which advertisement intervals each protocol version can carry.</summary>
internal static class IntervalRules
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest3 = TimeSpan.FromMilliseconds(40950);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest2 = TimeSpan.FromSeconds(255);

    /// <summary>RFC 9568 5.2.7: twelve bits of centiseconds.</summary>
    public static bool CheckVersion3(TimeSpan interval, TextSpan span, ProblemList problems)
    {
        var written = DurationText.Format(interval);
        if (interval < Step || interval > Longest3)
        {
            problems.Error(span, $"version 3 can say intervals from 10ms to 40950ms (RFC 9568 5.2.7), not {written}",
                $"write {DurationText.Format(interval < Step ? Step : Longest3)} or {(interval < Step ? "more" : "less")}");
            return false;
        }

        var beyond = interval.Ticks % Step.Ticks;
        if (beyond == 0)
            return true;
        var below = new TimeSpan(interval.Ticks - beyond);
        problems.Error(span, $"version 3 counts intervals in steps of 10ms (RFC 9568 5.2.7), and {written} is between two steps",
            $"write {DurationText.Format(below)} or {DurationText.Format(below + Step)}");
        return false;
    }

    /// <summary>RFC 3768 5.3.7: one byte of seconds.</summary>
    public static bool CheckVersion2(TimeSpan interval, TextSpan span, ProblemList problems)
    {
        if (interval >= Second && interval <= Longest2 && interval.Ticks % Second.Ticks == 0)
            return true;
        problems.Error(span, $"version 2 counts intervals in whole seconds from 1s to 255s (RFC 3768 5.3.7), not {DurationText.Format(interval)}",
            interval < Second ? "write 1s, or use version: 3, which goes down to 10ms" : "write a number of whole seconds, or use version: 3");
        return false;
    }
}
