using Vigie.Core.Wire;

namespace Vigie.Core.Election;

/// <summary>The derived intervals of RFC 9568 6.1 and RFC 3768 6.1, in 100 ns ticks, never rounded to coarser units.</summary>
public static class ElectionTimers
{
    private const uint ShortestLifetimeSeconds = 2;

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    /// <summary>The kernel lets addresses go up to a fiftieth of a second and a tick early; the rest is for the successor to add its own.</summary>
    private static readonly TimeSpan LifetimeMargin = TimeSpan.FromMilliseconds(250);

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
    /// kernel's removal never makes a gap, even when the last renewal was just missed. Whole seconds, because the kernel
    /// counts in seconds. docs/decisions/0009-address-guarding.md has the reckoning.
    /// </summary>
    public static uint AddressLifetimeSeconds(TimeSpan advertisementInterval)
    {
        // Three intervals and the skew: at most one more in version 3, and in version 2, where it is below a second, too.
        var wanted = 4 * advertisementInterval + LifetimeMargin;
        if (wanted + AddressRenewalInterval(ShortestLifetimeSeconds) <= ShortestLifetimeSeconds * OneSecond)
            return ShortestLifetimeSeconds;
        wanted += OneSecond; // the renewal that was missed
        return (uint)((wanted.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);
    }

    /// <summary>How often that lifetime is renewed: every second, or every half second when it is only two.</summary>
    public static TimeSpan AddressRenewalInterval(uint lifetimeSeconds) =>
        lifetimeSeconds <= ShortestLifetimeSeconds ? OneSecond / 2 : OneSecond;
}
