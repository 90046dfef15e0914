using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Vigie.Core.Net;
using Vigie.Linux.Native;
using static Vigie.Linux.Native.RouteConstants;

namespace Vigie.Linux;

/// <summary>
/// Finds the TCP connections of a local address and closes them as if their program had aborted them: the other end is told
/// by a reset (sock_diag, inet_diag; uapi linux/inet_diag.h). Listening sockets are left alone. One thread uses it.
/// </summary>
public sealed class TcpConnections : NetlinkSocket
{
    /// <summary>Connections closed with one system call.</summary>
    public const int MaxPerClose = 64;

    private const int NetlinkSocketDiagnosis = 4;
    private const ushort ByFamily = 20;
    private const ushort Destroy = 21;
    private const ushort Bytecode = 1;
    private const byte SourceCondition = 7;
    private const byte ProtocolTcp = 6;
    private const int RequestLength = 56;
    private const int IdentityAt = 8;
    private const int IdentityLength = 48;
    private const int AnswerIdentityAt = 4;
    private const int ReceiveBufferBytes = 1024 * 1024;

    // ESTABLISHED to CLOSING except TIME_WAIT (6), CLOSE (7) and LISTEN (10).
    private const uint Connected = 0xFFE & ~(1u << 6 | 1u << 7 | 1u << 10);

    private readonly byte[] _request = new byte[MaxPerClose * (NetlinkReader.HeaderLength + RequestLength)];
    private uint _sequence;

    /// <summary>Closing needs CAP_NET_ADMIN; finding needs nothing.</summary>
    public TcpConnections()
        : base(ReceiveBufferBytes, groups: 0, NetlinkSocketDiagnosis)
    {
    }

    /// <summary>Adds the connections of a local address to a list, those of IPv6 sockets over IPv4 too; an errno.</summary>
    public int Find(IpAddress local, List<TcpConnection> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        if (local.Family == IpFamily.IPv6)
            return Find(SocketConstants.FamilyIPv6, local, found);
        return Find(SocketConstants.FamilyIPv4, local, found) is var error and not 0 ? error : Find(SocketConstants.FamilyIPv6, local, found);
    }

    /// <summary>Closes at most <see cref="MaxPerClose"/> of them; one that is gone already is no error. An errno.</summary>
    public int Close(ReadOnlySpan<TcpConnection> connections)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(connections.Length, MaxPerClose);
        if (connections.IsEmpty)
            return 0;
        var writer = new NetlinkWriter(_request);
        foreach (var connection in connections)
        {
            writer.Begin(Destroy, FlagRequest | FlagAcknowledge, ++_sequence);
            var body = writer.Take(RequestLength);
            WriteHead(body, connection.Family);
            connection.Identity.AsSpan().CopyTo(body[IdentityAt..]);
            writer.End();
        }

        var error = SendToKernel(writer.Written);
        var first = 0;
        for (var answers = 0; error == 0 && answers < connections.Length;)
        {
            error = ReceiveFromKernel(out var datagram);
            var messages = new NetlinkReader(datagram);
            while (error == 0 && messages.TryNext(out var message))
            {
                if (message.Type != MessageError)
                    continue;
                answers++;
                if (message.Errno is not (0 or Errno.ENOENT) && first == 0)
                    first = message.Errno;
            }
        }

        return error != 0 ? error : first;
    }

    private int Find(ushort family, IpAddress local, List<TcpConnection> found)
    {
        Span<byte> request = stackalloc byte[128];
        var writer = new NetlinkWriter(request);
        writer.Begin(ByFamily, FlagRequest | FlagDump, ++_sequence);
        WriteHead(writer.Take(RequestLength), family);
        WriteCondition(writer.Attribute(Bytecode, 12 + local.ByteLength), local);
        writer.End();
        for (var error = SendToKernel(writer.Written); ;)
        {
            if (error == 0)
                error = ReceiveFromKernel(out var datagram) is var failure and not 0 ? failure : Take(datagram, family, found);
            if (error != 0)
                return error == Finished ? 0 : error;
        }
    }

    private const int Finished = -1;

    private int Take(ReadOnlySpan<byte> datagram, ushort family, List<TcpConnection> found)
    {
        var messages = new NetlinkReader(datagram);
        while (messages.TryNext(out var message))
        {
            if (message.Sequence != _sequence)
                continue;
            if (message.Type is MessageDone or MessageError)
                return message.Errno == 0 ? Finished : message.Errno;
            if (message.Type == ByFamily && message.Payload.Length >= AnswerIdentityAt + IdentityLength)
                found.Add(new TcpConnection((byte)family, message.Payload.Slice(AnswerIdentityAt, IdentityLength).ToArray()));
        }

        return 0;
    }

    private static void WriteHead(Span<byte> request, ushort family)
    {
        request[0] = (byte)family;
        request[1] = ProtocolTcp;
        MemoryMarshal.Write(request[4..], Connected);
    }

    // One operation: the source address is this one, on any port. Both jumps count from the operation; beyond the end means no.
    private static void WriteCondition(Span<byte> code, IpAddress local)
    {
        var length = 12 + local.ByteLength;
        code[0] = SourceCondition;
        code[1] = (byte)length;
        MemoryMarshal.Write(code[2..], (ushort)(length + 4));
        code[4] = (byte)(local.Family == IpFamily.IPv4 ? SocketConstants.FamilyIPv4 : SocketConstants.FamilyIPv6);
        code[5] = (byte)(8 * local.ByteLength);
        BinaryPrimitives.WriteInt32LittleEndian(code[8..], -1);
        local.WriteTo(code[12..]);
    }
}
