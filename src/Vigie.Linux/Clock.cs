using Vigie.Core;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>The host's boot-time clock: counts through suspend, never jumps when the wall clock is set.</summary>
public static unsafe class Clock
{
    /// <summary>CLOCK_BOOTTIME.</summary>
    internal const int BootTime = 7;

    /// <summary>Reads CLOCK_BOOTTIME without entering the kernel (vDSO). Read it once per wake-up.</summary>
    public static Instant Now()
    {
        // No GC transition: the vDSO call takes tens of nanoseconds and never blocks.
        Timespec time;
        if (Libc.clock_gettime(BootTime, &time) != 0)
            throw new LinuxException("clock_gettime(CLOCK_BOOTTIME)", new LinuxError(Errno.EINVAL));
        return new Instant(time.Seconds * 1_000_000_000 + time.Nanoseconds);
    }
}
