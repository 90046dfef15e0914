using System.Runtime.InteropServices;
using Vigie.Core.Net;
using Vigie.Linux.Native;
using static Vigie.Linux.Native.RouteConstants;

namespace Vigie.Linux;

// The half of RouteSocket that changes things: many requests per datagram, an answer for each.
public sealed partial class RouteSocket
{
    /// <summary>
    /// Requests per datagram. Each answer takes about 1 KB of the receive buffer, which may be as small as the system's
    /// default of 208 KB when we are not allowed to enlarge it.
    /// </summary>
    public const int MaxChangesPerDatagram = 128;

    // Header 16, ifaddrmsg 8, two IPv6 addresses 40, flags 8, lifetimes 20, protocol 8: 100 bytes, and some air.
    private const int MaxChangeLength = 128;

    private readonly byte[] _requests = GC.AllocateArray<byte>(MaxChangesPerDatagram * MaxChangeLength, pinned: true);

    /// <summary>
    /// Applies changes in the given order and writes the errno of each: 0, EADDRNOTAVAIL (nothing to remove), ENODEV,
    /// EPERM, EACCES (IPv6 is switched off on the interface), EINVAL. ENOBUFS means that the answer was lost: read the
    /// addresses again. One failure does not keep the others from being applied.
    /// </summary>
    /// <param name="changes">What to change.</param>
    /// <param name="errnos">At least as long as <paramref name="changes"/>.</param>
    public void ApplyAddresses(ReadOnlySpan<AddressChange> changes, Span<int> errnos)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(errnos.Length, changes.Length, nameof(errnos));
        while (!changes.IsEmpty)
        {
            var count = Math.Min(changes.Length, MaxChangesPerDatagram);
            ApplyChunk(changes[..count], errnos[..count]);
            changes = changes[count..];
            errnos = errnos[count..];
        }
    }

    private void ApplyChunk(ReadOnlySpan<AddressChange> changes, Span<int> errnos)
    {
        var first = _sequence + 1;
        var writer = new NetlinkWriter(_requests);
        foreach (ref readonly var change in changes)
            WriteChange(ref writer, in change, ++_sequence);
        ExchangeAll(writer.Written, first, errnos);
    }

    /// <summary>Creates or replaces a neighbour entry; an errno.</summary>
    public int SetNeighbor(in NeighborInfo neighbor)
    {
        var writer = new NetlinkWriter(_requests);
        WriteNeighbor(ref writer, NewNeighbor, FlagCreate | FlagReplace, in neighbor);
        return Exchange(writer.Written);
    }

    /// <summary>Deletes a neighbour entry; an errno, ENOENT when there is none.</summary>
    public int DeleteNeighbor(int ifIndex, IpAddress address)
    {
        var writer = new NetlinkWriter(_requests);
        WriteNeighbor(ref writer, RouteConstants.DeleteNeighbor, 0, new NeighborInfo { InterfaceIndex = ifIndex, Address = address });
        return Exchange(writer.Written);
    }

    private int Exchange(ReadOnlySpan<byte> request)
    {
        var errno = 0;
        ExchangeAll(request, _sequence, new Span<int>(ref errno));
        return errno;
    }

    // The kernel deals with requests within the send, so every answer is waiting when it returns.
    private void ExchangeAll(ReadOnlySpan<byte> requests, uint firstSequence, Span<int> errnos)
    {
        var sendErrno = SendToKernel(requests);
        errnos.Fill(sendErrno != 0 ? sendErrno : Errno.ENOBUFS);
        if (sendErrno != 0)
            return;
        var awaited = errnos.Length;
        while (awaited > 0)
        {
            var errno = ReceiveFromKernel(out var datagram);
            if (errno is Errno.ENOBUFS or Errno.EMSGSIZE)
                continue;
            if (errno != 0)
                return;
            var messages = new NetlinkReader(datagram);
            while (messages.TryNext(out var message))
            {
                // An answer to something asked earlier and given up since has another number.
                var index = message.Sequence - firstSequence;
                if (message.Type != MessageError || index >= (uint)errnos.Length)
                    continue;
                errnos[(int)index] = message.Errno;
                awaited--;
            }
        }
    }

    private static void WriteChange(ref NetlinkWriter writer, in AddressChange change, uint sequence)
    {
        var adding = change.Operation == AddressOperation.Add;
        writer.Begin(
            adding ? NewAddress : DeleteAddress,
            (ushort)(FlagRequest | FlagAcknowledge | (adding ? FlagCreate | FlagReplace : 0)),
            sequence);
        var header = writer.Take(8);
        header[0] = FamilyOf(change.Prefix.Family);
        header[1] = change.Prefix.Length;
        header[3] = (byte)AddressScope.Global;
        MemoryMarshal.Write(header[4..], change.InterfaceIndex);
        writer.Attribute(AddressLocal, change.Prefix.Address);
        writer.Attribute(AddressAddress, change.Prefix.Address);
        if (adding)
        {
            var isIPv6 = change.Prefix.Family == IpFamily.IPv6;
            writer.Attribute(AddressFlags, AddressNoPrefixRoute | (isIPv6 ? AddressNoDuplicateDetection : 0));
            var lifetimes = writer.Attribute(AddressCacheInfo, 16);
            MemoryMarshal.Write(lifetimes, isIPv6 ? 0 : change.ValidLifetimeSeconds);
            MemoryMarshal.Write(lifetimes[4..], change.ValidLifetimeSeconds);
            writer.Attribute(AddressProtocol, 1)[0] = change.Protocol;
        }

        writer.End();
    }

    private void WriteNeighbor(ref NetlinkWriter writer, ushort type, ushort flags, in NeighborInfo neighbor)
    {
        writer.Begin(type, (ushort)(FlagRequest | FlagAcknowledge | flags), ++_sequence);
        var header = writer.Take(12);
        header[0] = FamilyOf(neighbor.Address.Family);
        MemoryMarshal.Write(header[4..], neighbor.InterfaceIndex);
        MemoryMarshal.Write(header[8..], (ushort)neighbor.State);
        writer.Attribute(NeighborDestination, neighbor.Address);
        if (neighbor.Mac != MacAddress.Zero)
            neighbor.Mac.WriteTo(writer.Attribute(NeighborLinkAddress, 6));
        writer.End();
    }

    private static byte FamilyOf(IpFamily family) =>
        (byte)(family == IpFamily.IPv4 ? SocketConstants.FamilyIPv4 : SocketConstants.FamilyIPv6);
}
