using System.Runtime.InteropServices;
using Vigie.Core;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>
/// A one-shot timer on CLOCK_BOOTTIME with absolute deadlines, readable when the deadline has passed. Finer than
/// epoll's milliseconds.
/// </summary>
public sealed unsafe class TimerFd : FileDescriptor
{
    private const int NonBlockingCloseOnExec = 0x80800;
    private const int AbsoluteTime = 1;

    public TimerFd()
        : base(Checked(Libc.timerfd_create(Clock.BootTime, NonBlockingCloseOnExec), "timerfd_create(CLOCK_BOOTTIME)"))
    {
    }

    /// <summary>
    /// Sets the deadline, replacing the one before and forgetting an expiry not yet acknowledged. A deadline in the past
    /// fires at once; <see cref="Instant.Never"/> disarms.
    /// </summary>
    public void Arm(Instant deadline)
    {
        var value = default(TimerSpec);
        if (deadline != Instant.Never)
        {
            // A value of zero would disarm; the first nanosecond after boot has passed just as well.
            var nanoseconds = Math.Max(deadline.Nanoseconds, 1);
            value.Value.Seconds = nanoseconds / 1_000_000_000;
            value.Value.Nanoseconds = nanoseconds % 1_000_000_000;
        }

        if (Libc.timerfd_settime(this, AbsoluteTime, &value, null) < 0)
            throw LinuxException.Last("timerfd_settime");
    }

    /// <summary>Takes note of an expiry, so that the timer stops being readable; true if there was one.</summary>
    public bool Acknowledge()
    {
        ulong expirations;
        if (Libc.read(this, &expirations, sizeof(ulong)) == sizeof(ulong))
            return true;
        return Marshal.GetLastPInvokeError() is Errno.EAGAIN or Errno.EINTR ? false : throw LinuxException.Last("read(timerfd)");
    }
}
