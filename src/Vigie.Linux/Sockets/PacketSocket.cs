using System.Runtime.InteropServices;
using Vigie.Linux.Native;
using static Vigie.Linux.Native.SocketConstants;

namespace Vigie.Linux;

/// <summary>
/// Sends whole Ethernet frames on any interface and never receives: protocol 0 keeps every packet of the host away from
/// it.
/// </summary>
public sealed unsafe class PacketSocket : FileDescriptor
{
    /// <summary>Shortest frame that can be sent: destination, source, EtherType.</summary>
    public const int MinFrameLength = 14;

    private const int PriorityControl = 7;

    // Announcing a thousand addresses in one go must not run into the default of about 200 KB.
    private const int SendBufferBytes = 4 * 1024 * 1024;

    private PacketSocket(int fd)
        : base(fd)
    {
    }

    /// <summary>Needs CAP_NET_RAW.</summary>
    public static PacketSocket Open()
    {
        var socket = new PacketSocket(Checked(Libc.socket(FamilyPacket, TypeRaw | TypeFlags, 0), "socket(AF_PACKET)"));
        try
        {
            SocketOptions.Set(socket, LevelSocket, Priority, PriorityControl, "SO_PRIORITY");
            SocketOptions.SetSendBuffer(socket, SendBufferBytes);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one frame and returns an errno: ENXIO (no such interface), ENETDOWN, EMSGSIZE, ENOBUFS, EAGAIN.</summary>
    public int Send(int ifIndex, ReadOnlySpan<byte> frame)
    {
        if (frame.Length < MinFrameLength)
            return Errno.EINVAL;
        var to = AddressOf(ifIndex, frame);
        fixed (byte* pointer = frame)
        {
            while (Libc.sendto(this, pointer, (nuint)frame.Length, MessageDontWait, &to, (uint)sizeof(SocketAddressPacket)) < 0)
            {
                var errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.EINTR)
                    return errno;
            }

            return 0;
        }
    }

    private static SocketAddressPacket AddressOf(int ifIndex, ReadOnlySpan<byte> frame) => new()
    {
        Family = FamilyPacket,
        ProtocolBigEndian = MemoryMarshal.Read<ushort>(frame[12..]),
        InterfaceIndex = ifIndex,
    };
}
