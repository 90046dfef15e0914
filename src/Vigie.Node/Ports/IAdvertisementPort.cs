using Vigie.Core;
using Vigie.Core.Net;

namespace Vigie.Node.Ports;

/// <summary>Sends VRRP messages. TTL or hop limit is always 255 (RFC 9568 5.1.1.3, 5.1.2.3).</summary>
public interface IAdvertisementPort
{
    /// <summary>Sends one message now, or says why not; never waits.</summary>
    SendOutcome Send(int interfaceIndex, IpAddress source, IpAddress destination, ReadOnlySpan<byte> message);
}

/// <summary>How a send ended: 0 or the system's error number, and when.</summary>
public readonly record struct SendOutcome(int Error, Instant At);
