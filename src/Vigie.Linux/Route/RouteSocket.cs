using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Vigie.Core.Net;
using Vigie.Linux.Native;
using static Vigie.Linux.Native.RouteConstants;

namespace Vigie.Linux;

/// <summary>
/// Asks the kernel's routing side: what links, addresses and neighbours there are, and to change addresses. One thread
/// uses it. Changes allocate nothing.
/// </summary>
public sealed partial class RouteSocket : NetlinkSocket
{
    /// <summary>Attempts at a dump during which nothing changes, before giving up.</summary>
    public const int MaxDumpAttempts = 20;

    private const int ReceiveBufferBytes = 1024 * 1024;

    private readonly TextCache _texts = new();
    private uint _sequence;

    public RouteSocket()
        : base(ReceiveBufferBytes, groups: 0)
    {
        // Short acknowledgements: the request's header comes back, not the entire request.
        SocketOptions.Set(this, SocketConstants.LevelNetlink, SocketConstants.NetlinkCapAcknowledgement, 1, "NETLINK_CAP_ACK");

        // The kernel checks what we ask instead of ignoring what it does not understand.
        SocketOptions.Set(this, SocketConstants.LevelNetlink, SocketConstants.NetlinkStrictCheck, 1, "NETLINK_GET_STRICT_CHK");
    }

    /// <summary>All links of the namespace, as of one moment.</summary>
    public ImmutableArray<LinkInfo> DumpLinks()
    {
        var links = ImmutableArray.CreateBuilder<LinkInfo>();
        Dump(GetLink, links.Clear, message =>
        {
            if (message.Type == NewLink && RouteMessages.TryReadLink(message.Payload, _texts, out var link))
                links.Add(link);
        });
        return links.ToImmutable();
    }

    /// <summary>All addresses of both families, as of one moment.</summary>
    public ImmutableArray<AddressInfo> DumpAddresses()
    {
        var addresses = ImmutableArray.CreateBuilder<AddressInfo>();
        Dump(GetAddress, addresses.Clear, message =>
        {
            if (message.Type == NewAddress && RouteMessages.TryReadAddress(message.Payload, out var address))
                addresses.Add(address);
        });
        return addresses.ToImmutable();
    }

    /// <summary>All neighbour entries of both families. The kernel gives no promise that they are of one moment.</summary>
    public ImmutableArray<NeighborInfo> DumpNeighbors()
    {
        var neighbors = ImmutableArray.CreateBuilder<NeighborInfo>();
        Dump(GetNeighbor, neighbors.Clear, message =>
        {
            if (message.Type == NewNeighbor && RouteMessages.TryReadNeighbor(message.Payload, out var neighbor))
                neighbors.Add(neighbor);
        });
        return neighbors.ToImmutable();
    }

    /// <summary>Dumps begun again because something changed meanwhile.</summary>
    public long InterruptedDumps { get; private set; }

    private delegate void MessageHandler(NetlinkMessage message);

    private void Dump(ushort type, Action restart, MessageHandler onMessage)
    {
        for (var attempt = 0; attempt < MaxDumpAttempts; attempt++)
        {
            restart();
            if (TryDump(type, onMessage))
                return;
            InterruptedDumps++;
        }

        throw new LinuxException($"a netlink dump (type {type}) was interrupted {MaxDumpAttempts} times", new LinuxError(Errno.EAGAIN));
    }

    // False when the tables changed while the kernel walked them, or when part of the answer was lost.
    private bool TryDump(ushort type, MessageHandler onMessage)
    {
        Span<byte> request = stackalloc byte[64];
        var writer = new NetlinkWriter(request);
        writer.Begin(type, FlagRequest | FlagDump, ++_sequence);
        writer.Take(type switch { GetLink => 16, GetAddress => 8, _ => 12 });
        if (type == GetLink)
            writer.Attribute(LinkExtendedMask, ExtendedMaskSkipStatistics);
        writer.End();
        var errno = SendToKernel(writer.Written);
        if (errno == Errno.EBUSY)
            return false;
        if (errno != 0)
            throw new LinuxException("send(netlink dump)", new LinuxError(errno));

        var consistent = true;
        while (true)
        {
            errno = ReceiveFromKernel(out var datagram);
            if (errno is Errno.ENOBUFS or Errno.EMSGSIZE)
            {
                consistent = false;
                continue;
            }

            // The kernel makes the next part while we read the last one, so nothing to read means that it was lost.
            if (errno == Errno.EAGAIN)
                return false;
            if (errno != 0)
                throw new LinuxException("receive(netlink dump)", new LinuxError(errno));
            var messages = new NetlinkReader(datagram);
            while (messages.TryNext(out var message))
            {
                if (message.Sequence != _sequence)
                    continue;
                consistent &= (message.Flags & FlagDumpInterrupted) == 0;
                if (message.Type is MessageDone or MessageError)
                    return message.Errno == 0 ? consistent : throw new LinuxException($"netlink dump (type {type})", new LinuxError(message.Errno));
                onMessage(message);
            }
        }
    }
}
