using Vigie.Linux.Native;
using Xunit;

namespace Vigie.Linux.Tests.Route;

/// <summary>Writes to somebody's netlink socket the way any privileged process can.</summary>
internal static unsafe class Forgery
{
    public static void Send(NetlinkSocket from, uint portId, ReadOnlySpan<byte> datagram)
    {
        var to = new SocketAddressNetlink { Family = SocketConstants.FamilyNetlink, PortId = portId };
        fixed (byte* pointer = datagram)
            Assert.Equal(datagram.Length, (int)Libc.sendto(from, pointer, (nuint)datagram.Length, 0, &to, (uint)sizeof(SocketAddressNetlink)));
    }
}
