using Vigie.Core.Net;

namespace Vigie.Core.Election;

/// <summary>
/// An advertisement that has passed every check of RFC 9568 7.1 and is addressed to this virtual router. In version 2
/// the interval has been compared with our own already; in version 3 it is what the sender announces.
/// </summary>
public readonly record struct HeardAdvertisement(IpAddress Source, byte Priority, TimeSpan Interval)
{
    public IpFamily Family => Source.Family;
}
