using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Vigie.Core.Net;
using Vigie.Linux.Native;
using static Vigie.Linux.Native.SocketConstants;

namespace Vigie.Linux;

/// <summary>What came with a frame, besides its bytes.</summary>
public readonly record struct ReceivedFrame
{
    /// <summary>Bytes in the buffer, from the Ethernet header on.</summary>
    public int Length { get; init; }

    public int InterfaceIndex { get; init; }

    /// <summary>Who sent the frame, by its Ethernet header.</summary>
    public MacAddress SourceMac { get; init; }
}

/// <summary>
/// Hears frames of one EtherType on all interfaces, as far as its filter lets them through; never what this host itself
/// sends. Deaf until a filter is set.
/// </summary>
public abstract unsafe class FrameListener : FileDescriptor
{
    /// <summary>Shortest frame that is handed out: destination, source, EtherType.</summary>
    public const int MinFrameLength = 14;

    private const int SourceMacOffset = 6;
    private const int ReceiveBufferBytes = 1024 * 1024;

    private protected FrameListener(ushort etherType)
        : base(Checked(Libc.socket(FamilyPacket, TypeRaw | TypeFlags, 0), "socket(AF_PACKET)"))
    {
        try
        {
            // Opened with protocol 0 it hears nothing; only with the filter in place it is told what to listen to.
            SocketOptions.Set(this, LevelPacket, PacketIgnoreOutgoing, 1, "PACKET_IGNORE_OUTGOING");
            SocketOptions.SetReceiveBuffer(this, ReceiveBufferBytes);
            var deaf = new BpfProgram();
            deaf.Return(BpfProgram.NoPacket);
            var errno = deaf.Attach(this);
            if (errno != 0)
                throw new LinuxException("setsockopt(SO_ATTACH_FILTER)", new LinuxError(errno));
            var address = new SocketAddressPacket { Family = FamilyPacket, ProtocolBigEndian = BinaryPrimitives.ReverseEndianness(etherType) };
            if (Libc.bind(this, &address, (uint)sizeof(SocketAddressPacket)) < 0)
                throw LinuxException.Last("bind(AF_PACKET)");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether the filter looks at addresses. False when there were too many for the kernel: then every frame of the
    /// right kind on the interfaces comes through, and the reader has to look.
    /// </summary>
    public bool FiltersAddresses { get; private set; }

    /// <summary>Frames the kernel dropped since the socket was opened because nobody read them in time.</summary>
    public uint Overflows => SocketOptions.Overflows(this);

    /// <summary>Reads the next frame, cut to the buffer's length; false when there is none.</summary>
    public bool TryReceive(Span<byte> frame, out ReceivedFrame received)
    {
        received = default;
        SocketAddressPacket from;
        fixed (byte* pointer = frame)
        {
            while (true)
            {
                var fromLength = (uint)sizeof(SocketAddressPacket);
                var length = (int)Libc.recvfrom(this, pointer, (nuint)frame.Length, MessageDontWait, &from, &fromLength);
                if (length >= MinFrameLength)
                {
                    received = new ReceivedFrame
                    {
                        Length = length,
                        InterfaceIndex = from.InterfaceIndex,
                        SourceMac = MacAddress.FromBytes(frame[SourceMacOffset..]),
                    };
                    return true;
                }

                // Too short to be a frame: whatever virtual device made it, it is not for us.
                if (length >= 0)
                    continue;
                var errno = Marshal.GetLastPInvokeError();
                if (errno == Errno.EINTR)
                    continue;
                return SocketOptions.IsReceiveBug(errno) ? throw LinuxException.Last("recvfrom(AF_PACKET)") : false;
            }
        }
    }

    /// <summary>Sets the exact filter, or the coarse one where the kernel has no room for the exact one; an errno.</summary>
    private protected int SetFilter(BpfProgram exact, BpfProgram coarse)
    {
        var errno = exact.Fits ? exact.Attach(this) : Errno.ENOMEM;
        FiltersAddresses = errno == 0;
        return errno == Errno.ENOMEM ? coarse.Attach(this) : errno;
    }
}
