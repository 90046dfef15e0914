using System.Runtime.InteropServices;
using Vigie.Core.Net;
using Vigie.Linux.Native;
using static Vigie.Linux.Native.SocketConstants;

namespace Vigie.Linux;

/// <summary>
/// The raw socket of IP protocol 112 for one family, for all interfaces of a process. It knows how VRRP travels
/// (hop limit 255, no loopback of own multicast, source and interface chosen per message), not what it says.
/// </summary>
public sealed unsafe partial class VrrpSocket : FileDescriptor
{
    /// <summary>Asked for as receive buffer: a burst of thousands of advertisements while the reader is late.</summary>
    public const int ReceiveBufferBytes = 4 * 1024 * 1024;

    private const int Required = 255;
    private const int InternetworkControl = 0xC0;
    private const int PriorityControl = 7;
    private const int ControlLength = 128;

    private VrrpSocket(int fd, IpFamily family)
        : base(fd) => Family = family;

    public IpFamily Family { get; }

    /// <summary>Messages the kernel dropped since the socket was opened because nobody read them in time.</summary>
    public uint Overflows => SocketOptions.Overflows(this);

    /// <summary>Needs CAP_NET_RAW. Every interface is heard until <see cref="SetFilter"/> narrows it.</summary>
    public static VrrpSocket Open(IpFamily family)
    {
        var domain = family == IpFamily.IPv4 ? FamilyIPv4 : FamilyIPv6;
        var fd = Libc.socket(domain, TypeRaw | TypeFlags, ProtocolVrrp);
        var socket = new VrrpSocket(Checked(fd, $"socket({family}, SOCK_RAW, 112)"), family);
        try
        {
            if (family == IpFamily.IPv4)
                socket.ConfigureIPv4();
            else
                socket.ConfigureIPv6();

            // After IP_TOS, which sets a priority of its own.
            SocketOptions.Set(socket, LevelSocket, Priority, PriorityControl, "SO_PRIORITY");
            SocketOptions.SetReceiveBuffer(socket, ReceiveBufferBytes);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Lets only packets of these interfaces in, from now on (what is queued already stays); an errno. A packet whose hop
    /// limit is not 255 keeps no more than 8 bytes of payload. No interfaces: nothing comes in.
    /// </summary>
    public int SetFilter(ReadOnlySpan<int> interfaceIndexes)
    {
        var program = VrrpFilter.Build(Family, interfaceIndexes);
        return program.Fits ? program.Attach(this) : Errno.EINVAL;
    }

    /// <summary>
    /// Sends one message out of the given interface from the given local address, and returns an errno (0 = handed to
    /// the interface). EINVAL, or ENETUNREACH on newer kernels: the source is not an address of this host; ENODEV,
    /// ENETDOWN, ENETUNREACH: the interface is gone or down.
    /// </summary>
    public int Send(int ifIndex, IpAddress source, IpAddress destination, ReadOnlySpan<byte> message)
    {
        fixed (byte* payload = message)
        {
            var vector = new IoVector { Base = payload, Length = (nuint)message.Length };
            var header = new MessageHeader { Vectors = &vector, VectorCount = 1 };
            return Family == IpFamily.IPv4
                ? SendIPv4(&header, ifIndex, source, destination)
                : SendIPv6(&header, ifIndex, source, destination);
        }
    }

    /// <summary>
    /// Reads the next datagram, or false when there is none. The buffer should hold 60 bytes more than the longest
    /// message: raw IPv4 delivers the IP header, options included.
    /// </summary>
    public bool TryReceive(Span<byte> buffer, out ReceivedDatagram datagram)
    {
        datagram = default;
        var control = stackalloc byte[ControlLength];
        SocketAddressIPv6 from;
        fixed (byte* pointer = buffer)
        {
            var vector = new IoVector { Base = pointer, Length = (nuint)buffer.Length };
            var header = new MessageHeader
            {
                Name = &from,
                NameLength = (ulong)sizeof(SocketAddressIPv6),
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = ControlLength,
            };
            while (true)
            {
                var length = (int)Libc.recvmsg(this, &header, MessageDontWait);
                if (length >= 0)
                {
                    datagram = Family == IpFamily.IPv4 ? DescribeIPv4(buffer[..length], &header) : DescribeIPv6(length, &header, from);
                    return true;
                }

                var errno = Marshal.GetLastPInvokeError();
                if (errno == Errno.EINTR)
                    continue;
                return SocketOptions.IsReceiveBug(errno) ? throw LinuxException.Last("recvmsg(vrrp)") : false;
            }
        }
    }

    private void ConfigureIPv4()
    {
        SocketOptions.Set(this, LevelIPv4, IPv4TimeToLive, Required, "IP_TTL");
        SocketOptions.Set(this, LevelIPv4, IPv4MulticastTimeToLive, Required, "IP_MULTICAST_TTL");
        SocketOptions.Set(this, LevelIPv4, IPv4TypeOfService, InternetworkControl, "IP_TOS");
        SocketOptions.Set(this, LevelIPv4, IPv4MulticastLoop, 0, "IP_MULTICAST_LOOP");

        // Without this the socket also hears groups that other processes joined, on interfaces that are not ours.
        SocketOptions.Set(this, LevelIPv4, IPv4MulticastAll, 0, "IP_MULTICAST_ALL");
        SocketOptions.Set(this, LevelIPv4, IPv4PacketInfo, 1, "IP_PKTINFO");
    }

    private void ConfigureIPv6()
    {
        SocketOptions.Set(this, LevelIPv6, IPv6UnicastHops, Required, "IPV6_UNICAST_HOPS");
        SocketOptions.Set(this, LevelIPv6, IPv6MulticastHops, Required, "IPV6_MULTICAST_HOPS");
        SocketOptions.Set(this, LevelIPv6, IPv6TrafficClass, InternetworkControl, "IPV6_TCLASS");
        SocketOptions.Set(this, LevelIPv6, IPv6MulticastLoop, 0, "IPV6_MULTICAST_LOOP");

        // IPV6_MULTICAST_ALL is not set: on raw sockets it has no effect, they hear whatever the host has joined.
        SocketOptions.Set(this, LevelIPv6, IPv6ReceivePacketInfo, 1, "IPV6_RECVPKTINFO");
        SocketOptions.Set(this, LevelIPv6, IPv6ReceiveHopLimit, 1, "IPV6_RECVHOPLIMIT");

        // The kernel neither fills in nor checks the checksum: a wrong one must be counted, not vanish.
        SocketOptions.Set(this, LevelIPv6, IPv6Checksum, -1, "IPV6_CHECKSUM");
    }
}
