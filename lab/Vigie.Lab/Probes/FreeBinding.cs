using System.Net.Sockets;
using Vigie.Core.Net;

namespace Vigie.Lab.Probes;

/// <summary>Binds a socket to an address that the host may not hold yet, as a service behind a VIP does.</summary>
internal static class FreeBinding
{
    private const int SolIp = 0;
    private const int IpFreebind = 15;
    private const int SolIpv6 = 41;
    private const int Ipv6Freebind = 78;

    internal static void Bind(Socket socket, IpAddress address, int port)
    {
        ReadOnlySpan<byte> on = [1, 0, 0, 0];
        if (address.Family == IpFamily.IPv4)
            socket.SetRawSocketOption(SolIp, IpFreebind, on);
        else
            socket.SetRawSocketOption(SolIpv6, Ipv6Freebind, on);
        socket.Bind(address.ToEndPoint(port));
    }
}
