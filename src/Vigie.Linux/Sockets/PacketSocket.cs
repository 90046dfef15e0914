using System.Runtime.InteropServices;
using Vigie.Linux.Native;
using static Vigie.Linux.Native.SocketConstants;

namespace Vigie.Linux;

/// <summary>A frame to send: where it lies in the buffer, and which interface it leaves by.</summary>
public readonly record struct OutgoingFrame(int InterfaceIndex, int Offset, int Length);

/// <summary>
/// Sends whole Ethernet frames on any interface and never receives: protocol 0 keeps every packet of the host away from
/// it.
/// </summary>
public sealed unsafe class PacketSocket : FileDescriptor
{
    /// <summary>Shortest frame that can be sent: destination, source, EtherType.</summary>
    public const int MinFrameLength = 14;

    /// <summary>Frames handed to the kernel by one system call.</summary>
    public const int MaxFramesPerCall = 64;

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

    /// <summary>
    /// Sends many frames that lie in one buffer, in order, with a system call per <see cref="MaxFramesPerCall"/> of them,
    /// and writes the errno of each. One failure does not keep the others from being sent.
    /// </summary>
    /// <returns>How many were sent.</returns>
    public int SendMany(ReadOnlySpan<byte> buffer, ReadOnlySpan<OutgoingFrame> frames, Span<int> errnos)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(errnos.Length, frames.Length, nameof(errnos));
        var sent = 0;
        fixed (byte* start = buffer)
        {
            while (!frames.IsEmpty)
            {
                var count = Math.Min(frames.Length, MaxFramesPerCall);
                sent += SendBatch(start, buffer, frames[..count], errnos[..count]);
                frames = frames[count..];
                errnos = errnos[count..];
            }
        }

        return sent;
    }

    private int SendBatch(byte* start, ReadOnlySpan<byte> buffer, ReadOnlySpan<OutgoingFrame> frames, Span<int> errnos)
    {
        var addresses = stackalloc SocketAddressPacket[MaxFramesPerCall];
        var vectors = stackalloc IoVector[MaxFramesPerCall];
        var messages = stackalloc MultiMessageHeader[MaxFramesPerCall];
        for (var i = 0; i < frames.Length; i++)
        {
            var frame = frames[i];
            ArgumentOutOfRangeException.ThrowIfLessThan(frame.Length, MinFrameLength, nameof(frames));
            addresses[i] = AddressOf(frame.InterfaceIndex, buffer.Slice(frame.Offset, frame.Length));
            vectors[i] = new IoVector { Base = start + frame.Offset, Length = (nuint)frame.Length };
            messages[i] = default;
            messages[i].Header.Name = &addresses[i];
            messages[i].Header.NameLength = (ulong)sizeof(SocketAddressPacket);
            messages[i].Header.Vectors = &vectors[i];
            messages[i].Header.VectorCount = 1;
        }

        // The call stops at the first frame that fails: note why, and go on behind it.
        var sent = 0;
        for (var next = 0; next < frames.Length;)
        {
            var count = Libc.sendmmsg(this, messages + next, (uint)(frames.Length - next), MessageDontWait);
            if (count > 0)
            {
                errnos.Slice(next, count).Clear();
                sent += count;
                next += count;
                continue;
            }

            var errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
                errnos[next++] = errno;
        }

        return sent;
    }

    private static SocketAddressPacket AddressOf(int ifIndex, ReadOnlySpan<byte> frame) => new()
    {
        Family = FamilyPacket,
        ProtocolBigEndian = MemoryMarshal.Read<ushort>(frame[12..]),
        InterfaceIndex = ifIndex,
    };
}
