using Vigie.Core.Net;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>Hears ARP packets in which somebody else claims one of the given IPv4 addresses as its own.</summary>
public sealed class ArpListener : FrameListener
{
    /// <summary>Needs CAP_NET_RAW. Deaf until <see cref="SetFilter"/>.</summary>
    public ArpListener()
        : base(SocketConstants.EtherTypeArp)
    {
    }

    /// <summary>
    /// Listens on these interfaces for ARP whose sender address is one of these (IPv6 ones are skipped), replacing what
    /// was set before; an errno. Frames already queued stay.
    /// </summary>
    public int SetFilter(ReadOnlySpan<int> interfaceIndexes, ReadOnlySpan<IpAddress> addresses)
    {
        var interfaces = FilterKeys.Sorted(interfaceIndexes);
        return SetFilter(
            ClaimFilters.BuildArp(interfaces, FilterKeys.LastWords(IpFamily.IPv4, addresses)),
            ClaimFilters.BuildArp(interfaces, null));
    }
}
