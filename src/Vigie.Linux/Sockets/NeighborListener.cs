using Vigie.Core.Net;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>
/// Hears neighbour discovery in which somebody else claims one of the given IPv6 addresses: an advertisement of it, a
/// solicitation sent from it, or a duplicate address probe for it. Ordinary solicitations by clients are not claims.
/// </summary>
public sealed class NeighborListener : FrameListener
{
    /// <summary>Needs CAP_NET_RAW. Deaf until <see cref="SetFilter"/>.</summary>
    public NeighborListener()
        : base(SocketConstants.EtherTypeIPv6)
    {
    }

    /// <summary>
    /// Listens on these interfaces for claims of these addresses (IPv4 ones are skipped), replacing what was set before;
    /// an errno. The kernel compares the last 32 bits only: the reader still has to look at the whole address.
    /// </summary>
    public int SetFilter(ReadOnlySpan<int> interfaceIndexes, ReadOnlySpan<IpAddress> addresses)
    {
        var interfaces = FilterKeys.Sorted(interfaceIndexes);
        return SetFilter(
            ClaimFilters.BuildNeighbor(interfaces, FilterKeys.LastWords(IpFamily.IPv6, addresses)),
            ClaimFilters.BuildNeighbor(interfaces, null));
    }
}
