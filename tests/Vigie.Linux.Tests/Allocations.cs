namespace Vigie.Linux.Tests;

/// <summary>Counts the managed bytes that an action allocates on this thread once everything is compiled.</summary>
internal static class Allocations
{
    public static long Of(Action action)
    {
        for (var i = 0; i < 50; i++)
            action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++)
            action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
