using Vigie.Core;

namespace Vigie.Lab;

/// <summary>Waiting for something to become true, always with a deadline and always saying what was waited for.</summary>
public static class Condition
{
    /// <summary>How long a wait lasts when the caller names no deadline: far above any healthy time, so that only a fault reaches it.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Asks every <paramref name="every"/> (default 5 ms) until the answer is yes; a passed deadline is a <see cref="LabException"/>.</summary>
    /// <returns>How long it took.</returns>
    public static TimeSpan WaitFor(string what, Func<bool> isTrue, TimeSpan? deadline = null, TimeSpan? every = null, Func<string>? explain = null)
    {
        var start = LabClock.Now;
        var limit = deadline ?? DefaultDeadline;
        while (true)
        {
            if (isTrue())
                return LabClock.Now - start;
            if (LabClock.Now - start > limit)
                throw new LabException($"waited {limit.TotalSeconds:0.0} s in vain for: {what}{Detail(explain)}");
            Thread.Sleep(every ?? TimeSpan.FromMilliseconds(5));
        }
    }

    private static string Detail(Func<string>? explain) => explain is null ? "" : "\n" + explain();
}
