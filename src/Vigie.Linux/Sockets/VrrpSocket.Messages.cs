using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Vigie.Core.Net;
using Vigie.Linux.Native;
using static Vigie.Linux.Native.SocketConstants;

namespace Vigie.Linux;

// What accompanies a message: packet info on the way out, IP header or control messages on the way in.
public sealed unsafe partial class VrrpSocket
{
    private const int MinimumIPv4Header = 20;

    // CMSG_ALIGN on 64-bit: control messages begin at multiples of 8.
    private static int Align(int length) => (length + 7) & ~7;

    private int SendIPv4(MessageHeader* header, int ifIndex, IpAddress source, IpAddress destination)
    {
        var to = new SocketAddressIPv4 { Family = FamilyIPv4, AddressBigEndian = SocketOptions.BigEndian(destination) };
        var info = new PacketInfoIPv4 { InterfaceIndex = ifIndex, SourceBigEndian = SocketOptions.BigEndian(source) };
        header->Name = &to;
        header->NameLength = (ulong)sizeof(SocketAddressIPv4);
        return SendWith(header, LevelIPv4, IPv4PacketInfo, info);
    }

    private int SendIPv6(MessageHeader* header, int ifIndex, IpAddress source, IpAddress destination)
    {
        var to = new SocketAddressIPv6
        {
            Family = FamilyIPv6,
            Address = SocketOptions.Bytes(destination),
            ScopeId = destination.IsLinkLocal || destination.IsMulticast ? (uint)ifIndex : 0,
        };
        var info = new PacketInfoIPv6 { Address = SocketOptions.Bytes(source), InterfaceIndex = (uint)ifIndex };
        header->Name = &to;
        header->NameLength = (ulong)sizeof(SocketAddressIPv6);
        return SendWith(header, LevelIPv6, IPv6PacketInfo, info);
    }

    private int SendWith<T>(MessageHeader* header, int level, int type, in T info)
        where T : unmanaged
    {
        var size = Align(sizeof(ControlHeader) + sizeof(T));
        var control = stackalloc byte[size];
        new Span<byte>(control, size).Clear();
        *(ControlHeader*)control = new ControlHeader { Length = (nuint)(sizeof(ControlHeader) + sizeof(T)), Level = level, Type = type };
        *(T*)(control + sizeof(ControlHeader)) = info;
        header->Control = control;
        header->ControlLength = (nuint)size;
        while (Libc.sendmsg(this, header, MessageDontWait | MessageNoSignal) < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
                return errno;
        }

        return 0;
    }

    private static ReceivedDatagram DescribeIPv4(ReadOnlySpan<byte> packet, MessageHeader* header)
    {
        // The kernel has checked the IP header before any raw socket sees it; a shorter one cannot arrive.
        if (packet.Length < MinimumIPv4Header)
            return default;
        var offset = Math.Min((packet[0] & 0xF) * 4, packet.Length);
        var ifIndex = 0;
        if (Find(header, LevelIPv4, IPv4PacketInfo, sizeof(PacketInfoIPv4), out var data))
            ifIndex = ((PacketInfoIPv4*)data)->InterfaceIndex;
        return new ReceivedDatagram
        {
            PayloadOffset = offset,
            Length = packet.Length - offset,
            InterfaceIndex = ifIndex,
            Source = IpAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(packet[12..])),
            Destination = IpAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(packet[16..])),
            HopLimit = packet[8],
            IsTruncated = (header->Flags & MessageTruncated) != 0,
        };
    }

    private static ReceivedDatagram DescribeIPv6(int length, MessageHeader* header, in SocketAddressIPv6 from)
    {
        var ifIndex = 0;
        var destination = IpAddress.None;
        byte hopLimit = 0;
        if (Find(header, LevelIPv6, IPv6PacketInfo, sizeof(PacketInfoIPv6), out var data))
        {
            ifIndex = (int)((PacketInfoIPv6*)data)->InterfaceIndex;
            destination = IpAddress.FromBytes(((PacketInfoIPv6*)data)->Address);
        }

        if (Find(header, LevelIPv6, IPv6HopLimit, sizeof(int), out data))
            hopLimit = (byte)*(int*)data;
        return new ReceivedDatagram
        {
            Length = length,
            InterfaceIndex = ifIndex,
            Source = IpAddress.FromBytes(from.Address),
            Destination = destination,
            HopLimit = hopLimit,
            IsTruncated = (header->Flags & MessageTruncated) != 0,
        };
    }

    private static bool Find(MessageHeader* header, int level, int type, int size, out byte* data)
    {
        var offset = 0;
        var total = (int)header->ControlLength;
        while (offset + sizeof(ControlHeader) <= total)
        {
            var control = (ControlHeader*)((byte*)header->Control + offset);
            var length = (int)control->Length;
            if (length < sizeof(ControlHeader) || offset + length > total)
                break;
            if (control->Level == level && control->Type == type && length >= sizeof(ControlHeader) + size)
            {
                data = (byte*)control + sizeof(ControlHeader);
                return true;
            }

            offset += Align(length);
        }

        data = null;
        return false;
    }
}
