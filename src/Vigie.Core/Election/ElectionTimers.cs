using Vigie.Core.Wire;

namespace Vigie.Core.Election;

/// <summary>The derived intervals of RFC 9568 6.1 and RFC 3768 6.1, in 100 ns ticks, never rounded to coarser units.</summary>
public static class ElectionTimers
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Skew_Time = ((256 - Priority) * Active_Adver_Interval) / 256 in version 3 (RFC 9568 6.1);
    /// (256 - Priority) / 256 seconds, whatever the interval, in version 2 (RFC 3768 6.1).
    /// </summary>
    public static TimeSpan SkewTime(VrrpVersion version, byte priority, TimeSpan activeAdverInterval) =>
        new((256 - priority) * (version == VrrpVersion.V2 ? OneSecond : activeAdverInterval).Ticks / 256);

    /// <summary>Active_Down_Interval = 3 * Active_Adver_Interval + Skew_Time.</summary>
    public static TimeSpan ActiveDownInterval(VrrpVersion version, byte priority, TimeSpan activeAdverInterval) =>
        3 * activeAdverInterval + SkewTime(version, priority, activeAdverInterval);

    /// <summary>
    /// How long a kernel address lives when nobody renews it: long enough that a peer has taken over first, so that the
    /// kernel's removal never makes a gap. Whole seconds, because the kernel counts in seconds.
    /// </summary>
    public static uint AddressLifetimeSeconds(TimeSpan advertisementInterval)
    {
        var wanted = 4 * advertisementInterval + OneSecond;
        var seconds = (wanted.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;
        return (uint)Math.Max(2, seconds);
    }

    /// <summary>How often that lifetime is renewed: every second, or every half second when it is only two.</summary>
    public static TimeSpan AddressRenewalInterval(uint lifetimeSeconds) =>
        lifetimeSeconds <= 2 ? OneSecond / 2 : OneSecond;
}
