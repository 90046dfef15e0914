using System.Buffers.Binary;
using Vigie.Linux.Native;
using static Vigie.Linux.Native.RouteConstants;

namespace Vigie.Linux;

/// <summary>Receives what <see cref="RouteEvents.Read"/> finds, in the kernel's order.</summary>
public interface IRouteEventSink
{
    /// <summary>A link appeared, changed or went away.</summary>
    void OnLink(in LinkInfo link, bool removed);

    /// <summary>An address was added, renewed or removed.</summary>
    void OnAddress(in AddressInfo address, bool removed);

    /// <summary>A neighbour entry changed; only when asked for.</summary>
    void OnNeighbor(in NeighborInfo neighbor, bool removed)
    {
    }
}

/// <summary>
/// What a read came to. Overrun: events were lost, dump links and addresses again. More: the budget was used up and the
/// descriptor is still readable.
/// </summary>
public readonly record struct RouteEventsResult(int Events, bool Overrun, bool More);

/// <summary>Hears of every change to links and addresses (and, if asked, neighbours) of a namespace as it happens.</summary>
public sealed class RouteEvents : NetlinkSocket
{
    /// <summary>Datagrams read per call, so that a storm of changes cannot keep the caller from its other work.</summary>
    public const int MaxDatagramsPerRead = 256;

    private const int DefaultReceiveBufferBytes = 8 * 1024 * 1024;

    private readonly TextCache _texts = new();

    /// <summary>Subscribes; dump afterwards, not before, so that nothing falls between.</summary>
    public RouteEvents(bool neighbors = false)
        : this(neighbors, DefaultReceiveBufferBytes)
    {
    }

    internal RouteEvents(bool neighbors, int receiveBufferBytes)
        : base(receiveBufferBytes, GroupLink | GroupAddressIPv4 | GroupAddressIPv6 | (neighbors ? GroupNeighbor : 0))
    {
    }

    /// <summary>
    /// Stops hearing of addresses that this requester adds or renews: it has its answers, and renewing a thousand
    /// lifetimes every second would wake us a thousand times. What disappears because of it is still heard. An errno.
    /// </summary>
    public int IgnoreAdditionsBy(RouteSocket requester)
    {
        // nlmsg_type at 4 and nlmsg_pid at 12 are little-endian; the filter loads big-endian.
        const uint typeOffset = 4, portOffset = 12;
        var program = new BpfProgram();
        var keep = program.NewLabel();
        program.LoadHalf(typeOffset);
        program.IfNotEqual(BinaryPrimitives.ReverseEndianness(NewAddress), keep);
        program.LoadWord(portOffset);
        program.IfNotEqual(BinaryPrimitives.ReverseEndianness(requester.PortId), keep);
        program.Return(BpfProgram.NoPacket);
        program.Mark(keep);
        program.Return(BpfProgram.WholePacket);
        return program.Attach(this);
    }

    /// <summary>Reads what is there. Events about addresses, and about links already known, allocate nothing.</summary>
    public RouteEventsResult Read(IRouteEventSink sink)
    {
        var events = 0;
        var overrun = false;
        for (var i = 0; i < MaxDatagramsPerRead; i++)
        {
            var errno = ReceiveFromKernel(out var datagram);
            if (errno == Errno.EAGAIN)
                return new RouteEventsResult(events, overrun, More: false);
            if (errno is Errno.ENOBUFS or Errno.EMSGSIZE)
            {
                overrun = true;
                continue;
            }

            if (errno != 0)
                throw new LinuxException("receive(netlink events)", new LinuxError(errno));
            var messages = new NetlinkReader(datagram);
            while (messages.TryNext(out var message))
            {
                if (Deliver(message, sink))
                    events++;
            }
        }

        return new RouteEventsResult(events, overrun, More: true);
    }

    private bool Deliver(NetlinkMessage message, IRouteEventSink sink)
    {
        switch (message.Type)
        {
            case NewLink or DeleteLink when RouteMessages.TryReadLink(message.Payload, _texts, out var link):
                sink.OnLink(in link, message.Type == DeleteLink);
                return true;
            case NewAddress or DeleteAddress when RouteMessages.TryReadAddress(message.Payload, out var address):
                sink.OnAddress(in address, message.Type == DeleteAddress);
                return true;
            case NewNeighbor or DeleteNeighbor when RouteMessages.TryReadNeighbor(message.Payload, out var neighbor):
                sink.OnNeighbor(in neighbor, message.Type == DeleteNeighbor);
                return true;
            default:
                return false;
        }
    }
}
