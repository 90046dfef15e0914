using Vigie.Linux;

namespace Vigie.Lab.Probes;

/// <summary>
/// Puts the calling probe or echo thread ahead of ordinary ones where that is allowed, so that a busy machine delays the
/// measurement less than what is measured. Lowest real-time priority: a daemon that runs in real time stays ahead.
/// </summary>
internal static class ProbePriority
{
    private const int Lowest = 1;

    // These threads block at least once a millisecond; a loop gone wild is ended by the kernel. Programs started by the
    // lab inherit the limit, so it leaves room for theirs.
    private static readonly TimeSpan RuntimeLimit = TimeSpan.FromSeconds(10);

    internal static void Raise() => _ = Scheduling.TryRealTime(Lowest, RuntimeLimit);
}
