using System.Runtime.InteropServices;
using Vigie.Linux.Native;
using static Vigie.Linux.Native.SocketConstants;

namespace Vigie.Linux;

/// <summary>
/// A netlink socket that believes only the kernel: other processes can write to it too, and are counted and
/// ignored.
/// </summary>
public abstract unsafe class NetlinkSocket : FileDescriptor
{
    // The kernel fills dumps up to what the reader offers, at most 32 KB.
    private const int ReceiveLength = 32 * 1024;

    private readonly byte[] _received = GC.AllocateArray<byte>(ReceiveLength, pinned: true);

    private protected NetlinkSocket(int receiveBufferBytes, uint groups, int protocol = RouteConstants.NetlinkRoute)
        : base(Checked(Libc.socket(FamilyNetlink, TypeRaw | TypeFlags, protocol), "socket(AF_NETLINK)"))
    {
        try
        {
            SocketOptions.SetReceiveBuffer(this, receiveBufferBytes);
            var address = new SocketAddressNetlink { Family = FamilyNetlink, Groups = groups };
            if (Libc.bind(this, &address, (uint)sizeof(SocketAddressNetlink)) < 0)
                throw LinuxException.Last("bind(AF_NETLINK)");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Datagrams that did not come from the kernel since the socket was opened.</summary>
    public long ForeignDatagrams { get; private set; }

    /// <summary>The address that others could write to; unique per socket in its namespace.</summary>
    internal uint PortId
    {
        get
        {
            SocketAddressNetlink address;
            var length = (uint)sizeof(SocketAddressNetlink);
            return Libc.getsockname(this, &address, &length) == 0 ? address.PortId : throw LinuxException.Last("getsockname");
        }
    }

    /// <summary>Sends requests to the kernel, which has dealt with all of them when this returns; an errno.</summary>
    private protected int SendToKernel(ReadOnlySpan<byte> requests)
    {
        var kernel = new SocketAddressNetlink { Family = FamilyNetlink };
        fixed (byte* pointer = requests)
        {
            while (Libc.sendto(this, pointer, (nuint)requests.Length, MessageDontWait, &kernel, (uint)sizeof(SocketAddressNetlink)) < 0)
            {
                var errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.EINTR)
                    return errno;
            }

            return 0;
        }
    }

    /// <summary>
    /// Reads the kernel's next datagram into a buffer that the next call reuses. An errno: EAGAIN when there is none,
    /// ENOBUFS when the kernel had to drop some, EMSGSIZE when this one did not fit.
    /// </summary>
    private protected int ReceiveFromKernel(out ReadOnlySpan<byte> datagram)
    {
        datagram = default;
        SocketAddressNetlink from;
        fixed (byte* pointer = _received)
        {
            while (true)
            {
                from = default;
                var fromLength = (uint)sizeof(SocketAddressNetlink);
                var length = (int)Libc.recvfrom(this, pointer, ReceiveLength, MessageDontWait | MessageTruncated, &from, &fromLength);
                if (length < 0)
                {
                    var errno = Marshal.GetLastPInvokeError();
                    if (errno == Errno.EINTR)
                        continue;
                    return SocketOptions.IsReceiveBug(errno) ? throw LinuxException.Last("recvfrom(AF_NETLINK)") : errno;
                }

                if (from.PortId != 0)
                {
                    ForeignDatagrams++;
                    continue;
                }

                if (length > ReceiveLength)
                    return Errno.EMSGSIZE;
                datagram = _received.AsSpan(0, length);
                return 0;
            }
        }
    }
}
