namespace Vigie.Linux.Native;

/// <summary>Numbers of the socket interface (uapi linux/socket.h, in.h, in6.h, if_packet.h, netlink.h; generic table).</summary>
internal static class SocketConstants
{
    // Families.
    internal const int FamilyUnix = 1;
    internal const int FamilyIPv4 = 2;
    internal const int FamilyIPv6 = 10;
    internal const int FamilyNetlink = 16;
    internal const int FamilyPacket = 17;

    // Types; the flags of SOCK_CLOEXEC | SOCK_NONBLOCK are always added.
    internal const int TypeDatagram = 2;
    internal const int TypeRaw = 3;
    internal const int TypeSequencedPacket = 5;
    internal const int TypeFlags = 0x80800;

    // Message flags.
    internal const int MessageDontWait = 0x40;
    internal const int MessageTruncated = 0x20;
    internal const int MessageNoSignal = 0x4000;

    // SOL_SOCKET.
    internal const int LevelSocket = 1;
    internal const int SendBuffer = 7;
    internal const int ReceiveBuffer = 8;
    internal const int Priority = 12;
    internal const int AttachFilter = 26;
    internal const int SendBufferForce = 32;
    internal const int ReceiveBufferForce = 33;
    internal const int MemoryInfo = 55;

    // IPPROTO_IP.
    internal const int LevelIPv4 = 0;
    internal const int IPv4TypeOfService = 1;
    internal const int IPv4TimeToLive = 2;
    internal const int IPv4PacketInfo = 8;
    internal const int IPv4MulticastTimeToLive = 33;
    internal const int IPv4MulticastLoop = 34;
    internal const int IPv4AddMembership = 35;
    internal const int IPv4DropMembership = 36;
    internal const int IPv4MulticastAll = 49;

    // IPPROTO_IPV6.
    internal const int LevelIPv6 = 41;
    internal const int IPv6Checksum = 7;
    internal const int IPv6UnicastHops = 16;
    internal const int IPv6MulticastHops = 18;
    internal const int IPv6MulticastLoop = 19;
    internal const int IPv6AddMembership = 20;
    internal const int IPv6DropMembership = 21;
    internal const int IPv6ReceivePacketInfo = 49;
    internal const int IPv6PacketInfo = 50;
    internal const int IPv6ReceiveHopLimit = 51;
    internal const int IPv6HopLimit = 52;
    internal const int IPv6TrafficClass = 67;

    // SOL_PACKET.
    internal const int LevelPacket = 263;
    internal const int PacketIgnoreOutgoing = 23;
    internal const uint PacketTypeOtherHost = 3;

    // SOL_NETLINK.
    internal const int LevelNetlink = 270;
    internal const int NetlinkCapAcknowledgement = 10;
    internal const int NetlinkStrictCheck = 12;

    /// <summary>IP protocol number of VRRP (RFC 9568 5.1.1.4).</summary>
    internal const int ProtocolVrrp = 112;

    internal const ushort EtherTypeArp = 0x0806;
    internal const ushort EtherTypeIPv6 = 0x86DD;
}
