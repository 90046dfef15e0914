using System.Runtime.InteropServices;
using Vigie.Core.Net;
using Vigie.Linux.Native;
using static Vigie.Linux.Native.SocketConstants;

namespace Vigie.Linux;

// Multicast groups. Linux limits the groups of one socket (net.ipv4.igmp_max_memberships: 20 for IPv4; by memory for
// IPv6), so beyond the limit other sockets, which nobody reads, hold the memberships on behalf of this one.
public sealed unsafe partial class VrrpSocket
{
    private readonly List<FileDescriptor> _holders = [];

    /// <summary>
    /// Joins a multicast group on an interface; an errno, 0 when joined, EADDRINUSE when it was joined already, ENODEV
    /// when there is no such interface. A membership does not outlive its interface: join again when a link appears. To be
    /// called in the namespace that the socket was opened in.
    /// </summary>
    public int Join(int ifIndex, IpAddress group)
    {
        if (group.Family != Family)
            return Errno.EAFNOSUPPORT;
        var errno = Change(this, ifIndex, group, joining: true);
        foreach (var holder in _holders)
        {
            if (!IsLimit(errno))
                return errno;
            errno = Change(holder, ifIndex, group, joining: true);
        }

        return IsLimit(errno) ? JoinThroughHolder(ifIndex, group) : errno;
    }

    /// <summary>Leaves a group; an errno, EADDRNOTAVAIL when it was not joined.</summary>
    public int Leave(int ifIndex, IpAddress group)
    {
        if (group.Family != Family)
            return Errno.EAFNOSUPPORT;
        var errno = Change(this, ifIndex, group, joining: false);
        foreach (var holder in _holders)
        {
            if (Change(holder, ifIndex, group, joining: false) == 0)
                errno = 0;
        }

        return errno;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var holder in _holders)
                holder.Dispose();
            _holders.Clear();
        }

        base.Dispose(disposing);
    }

    private static bool IsLimit(int errno) => errno is Errno.ENOBUFS or Errno.ENOMEM;

    private int JoinThroughHolder(int ifIndex, IpAddress group)
    {
        var domain = Family == IpFamily.IPv4 ? FamilyIPv4 : FamilyIPv6;
        var fd = Libc.socket(domain, TypeDatagram | TypeFlags, 0);
        if (fd < 0)
            return Marshal.GetLastPInvokeError();
        var holder = new FileDescriptor(fd);
        var errno = Change(holder, ifIndex, group, joining: true);

        // From now on this socket hears what others on the host have joined, as an IPv6 one always does; the filter keeps
        // it to our interfaces.
        if (errno == 0 && Family == IpFamily.IPv4)
            errno = SocketOptions.TrySet(this, LevelIPv4, IPv4MulticastAll, 1);
        if (errno == 0)
            _holders.Add(holder);
        else
            holder.Dispose();
        return errno;
    }

    private static int Change(FileDescriptor socket, int ifIndex, IpAddress group, bool joining)
    {
        if (group.Family == IpFamily.IPv4)
        {
            var membership = new MembershipIPv4 { GroupBigEndian = SocketOptions.BigEndian(group), InterfaceIndex = ifIndex };
            return SocketOptions.TrySet(socket, LevelIPv4, joining ? IPv4AddMembership : IPv4DropMembership, in membership);
        }

        var membershipIPv6 = new MembershipIPv6 { Group = SocketOptions.Bytes(group), InterfaceIndex = ifIndex };
        return SocketOptions.TrySet(socket, LevelIPv6, joining ? IPv6AddMembership : IPv6DropMembership, in membershipIPv6);
    }
}
