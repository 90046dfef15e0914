using System.Runtime.InteropServices;
using Vigie.Core.Net;
using Vigie.Linux.Native;
using static Vigie.Linux.Native.RouteConstants;

namespace Vigie.Linux;

/// <summary>Asks the kernel where packets to an address go.</summary>
public sealed partial class RouteSocket
{
    /// <summary>
    /// Whether the host takes packets to this address as its own, on this interface. The kernel acknowledges a new IPv6
    /// address earlier than that: it makes the route to it in a work of its own, after the routing lock was free again.
    /// Allocates nothing.
    /// </summary>
    public bool IsDelivered(int ifIndex, IpAddress address)
    {
        Span<byte> request = stackalloc byte[64];
        var writer = new NetlinkWriter(request);
        writer.Begin(GetRoute, FlagRequest, ++_sequence);
        var header = writer.Take(RouteHeaderLength);
        header[0] = FamilyOf(address.Family);
        header[1] = (byte)(address.Family == IpFamily.IPv4 ? 32 : 128);
        writer.Attribute(RouteDestination, address);
        MemoryMarshal.Write(writer.Attribute(RouteOutInterface, sizeof(int)), ifIndex);
        writer.End();
        if (SendToKernel(writer.Written) != 0)
            return false;
        while (true)
        {
            var errno = ReceiveFromKernel(out var datagram);
            if (errno is Errno.ENOBUFS or Errno.EMSGSIZE)
                continue;
            if (errno != 0)
                return false;
            var messages = new NetlinkReader(datagram);
            while (messages.TryNext(out var message))
            {
                // An answer to something asked earlier and given up since has another number.
                if (message.Sequence == _sequence)
                    return message.Type == NewRoute && message.Payload.Length >= RouteHeaderLength && message.Payload[7] == RouteTypeLocal;
            }
        }
    }
}
