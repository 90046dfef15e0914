using System.Net;
using Vigie.Core.Net;

namespace Vigie.Lab.Probes;

/// <summary>From the project's address values to the framework's.</summary>
public static class EndPoints
{
    public static IPAddress ToIPAddress(this IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return new IPAddress(bytes[..address.WriteTo(bytes)]);
    }

    public static IPEndPoint ToEndPoint(this IpAddress address, int port) => new(address.ToIPAddress(), port);
}
