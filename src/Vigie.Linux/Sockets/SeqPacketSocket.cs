using System.Runtime.InteropServices;
using Vigie.Linux.Native;
using static Vigie.Linux.Native.SocketConstants;

namespace Vigie.Linux;

/// <summary>What an attempt to receive found.</summary>
public enum ReceiveResult
{
    /// <summary>A whole message is in the buffer.</summary>
    Data,

    /// <summary>Nothing at the moment.</summary>
    Empty,

    /// <summary>The other end is gone; nothing will come any more.</summary>
    Closed,

    /// <summary>A message longer than the buffer was discarded; its length is reported.</summary>
    TooLong,
}

/// <summary>
/// One end of a local channel between two processes that keeps message boundaries and order, and tells when the other
/// end has died. Never blocks: a full channel refuses.
/// </summary>
public sealed unsafe class SeqPacketSocket : FileDescriptor
{
    /// <summary>Asked for as buffer of each direction, in bytes.</summary>
    public const int BufferBytes = 1024 * 1024;

    private SeqPacketSocket(int fd)
        : base(fd)
    {
    }

    public static (SeqPacketSocket First, SeqPacketSocket Second) CreatePair()
    {
        var fds = stackalloc int[2];
        if (Libc.socketpair(FamilyUnix, TypeSequencedPacket | TypeFlags, 0, fds) < 0)
            throw LinuxException.Last("socketpair(SOCK_SEQPACKET)");
        var first = new SeqPacketSocket(fds[0]);
        var second = new SeqPacketSocket(fds[1]);
        first.EnlargeBuffers();
        second.EnlargeBuffers();
        return (first, second);
    }

    /// <summary>Takes over an end that this process was started with.</summary>
    public static new SeqPacketSocket FromInherited(int fd)
    {
        AdoptInherited(fd);
        return new SeqPacketSocket(fd);
    }

    /// <summary>
    /// Sends one message of at least one byte; an errno: EAGAIN when the channel is full, EPIPE or ECONNRESET when the
    /// other end is gone, EMSGSIZE when the message can never fit.
    /// </summary>
    public int Send(ReadOnlySpan<byte> message)
    {
        // An empty message would look like the end of the channel to the receiver.
        if (message.IsEmpty)
            return Errno.EINVAL;
        fixed (byte* pointer = message)
        {
            while (Libc.send(this, pointer, (nuint)message.Length, MessageDontWait | MessageNoSignal) < 0)
            {
                var errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.EINTR)
                    return errno;
            }

            return 0;
        }
    }

    public ReceiveResult TryReceive(Span<byte> buffer, out int length)
    {
        fixed (byte* pointer = buffer)
        {
            while (true)
            {
                // With MSG_TRUNC the kernel answers with the message's own length.
                length = (int)Libc.recv(this, pointer, (nuint)buffer.Length, MessageDontWait | MessageTruncated);
                if (length > 0)
                    return length <= buffer.Length ? ReceiveResult.Data : ReceiveResult.TooLong;
                if (length == 0)
                    return ReceiveResult.Closed;
                length = 0;
                switch (Marshal.GetLastPInvokeError())
                {
                    case Errno.EINTR:
                        continue;
                    case Errno.EAGAIN:
                        return ReceiveResult.Empty;
                    case Errno.ECONNRESET:
                        return ReceiveResult.Closed;
                    default:
                        throw LinuxException.Last("recv(SOCK_SEQPACKET)");
                }
            }
        }
    }

    private void EnlargeBuffers()
    {
        SocketOptions.SetSendBuffer(this, BufferBytes);
        SocketOptions.SetReceiveBuffer(this, BufferBytes);
    }
}
