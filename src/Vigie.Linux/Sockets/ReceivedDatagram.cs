using Vigie.Core.Net;

namespace Vigie.Linux;

/// <summary>What came with a datagram, besides its bytes.</summary>
public readonly record struct ReceivedDatagram
{
    /// <summary>Where the payload begins in the buffer: after the IPv4 header, at 0 for IPv6.</summary>
    public int PayloadOffset { get; init; }

    /// <summary>Length of the payload in bytes.</summary>
    public int Length { get; init; }

    public int InterfaceIndex { get; init; }

    public IpAddress Source { get; init; }

    public IpAddress Destination { get; init; }

    /// <summary>TTL or hop limit as it arrived.</summary>
    public byte HopLimit { get; init; }

    /// <summary>The datagram was longer than the buffer.</summary>
    public bool IsTruncated { get; init; }
}
