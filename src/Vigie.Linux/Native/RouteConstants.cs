namespace Vigie.Linux.Native;

/// <summary>Numbers of rtnetlink (uapi linux/netlink.h, rtnetlink.h, if_link.h, if_addr.h, neighbour.h).</summary>
internal static class RouteConstants
{
    internal const int NetlinkRoute = 0;
    internal const int NetlinkNetfilter = 12;

    // Multicast groups, as the bit mask that bind takes.
    internal const uint GroupLink = 0x1;
    internal const uint GroupNeighbor = 0x4;
    internal const uint GroupAddressIPv4 = 0x10;
    internal const uint GroupAddressIPv6 = 0x100;

    // Message types.
    internal const ushort MessageError = 2;
    internal const ushort MessageDone = 3;
    internal const ushort MessageOverrun = 4;
    internal const ushort NewLink = 16;
    internal const ushort DeleteLink = 17;
    internal const ushort GetLink = 18;
    internal const ushort NewAddress = 20;
    internal const ushort DeleteAddress = 21;
    internal const ushort GetAddress = 22;
    internal const ushort NewRoute = 24;
    internal const ushort GetRoute = 26;
    internal const ushort NewNeighbor = 28;
    internal const ushort DeleteNeighbor = 29;
    internal const ushort GetNeighbor = 30;

    // Message flags.
    internal const ushort FlagRequest = 0x1;
    internal const ushort FlagAcknowledge = 0x4;
    internal const ushort FlagDumpInterrupted = 0x10;
    internal const ushort FlagReplace = 0x100;
    internal const ushort FlagDump = 0x300;
    internal const ushort FlagCreate = 0x400;

    internal const ushort AttributeTypeMask = 0x3FFF;

    // ifinfomsg flags.
    internal const uint LinkUp = 0x1;
    internal const uint LinkLoopback = 0x8;
    internal const uint LinkRunning = 0x40;
    internal const uint LinkLowerUp = 0x10000;

    // Link attributes.
    internal const ushort LinkAddress = 1;
    internal const ushort LinkName = 3;
    internal const ushort LinkMtu = 4;
    internal const ushort LinkCarrierChanges = 35;
    internal const ushort LinkInfo = 18;
    internal const ushort LinkInfoKind = 1;
    internal const ushort LinkFamilySpecific = 26;
    internal const ushort LinkExtendedMask = 29;
    internal const ushort LinkIPv6Configuration = 2;
    internal const int LinkIPv6ConfigurationForwarding = 0;
    internal const uint ExtendedMaskSkipStatistics = 8;

    // Address attributes.
    internal const ushort AddressAddress = 1;
    internal const ushort AddressLocal = 2;
    internal const ushort AddressCacheInfo = 6;
    internal const ushort AddressFlags = 8;
    internal const ushort AddressProtocol = 11;

    // Address flags. 0x01 means "secondary" for IPv4 and "temporary" for IPv6.
    internal const uint AddressSecondary = 0x01;
    internal const uint AddressNoDuplicateDetection = 0x02;
    internal const uint AddressDuplicateFound = 0x08;
    internal const uint AddressDeprecated = 0x20;
    internal const uint AddressTentative = 0x40;
    internal const uint AddressNoPrefixRoute = 0x200;

    // Neighbour attributes.
    internal const ushort NeighborDestination = 1;
    internal const ushort NeighborLinkAddress = 2;
    internal const byte NeighborFlagProxy = 0x08;

    // Routes (rtmsg and its attributes).
    internal const int RouteHeaderLength = 12;
    internal const byte RouteTypeLocal = 2;
    internal const ushort RouteDestination = 1;
    internal const ushort RouteOutInterface = 4;

    internal const byte FamilyBridge = 7;
}
