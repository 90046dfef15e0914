namespace Vigie.Cli.Tests;

/// <summary>Waits on a condition with a deadline, for what another thread does.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static async Task UntilAsync(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Deadline)
                throw new TimeoutException("the condition did not come true");
            await Task.Delay(5);
        }
    }
}
