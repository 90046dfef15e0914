using System.Runtime.InteropServices;
using Vigie.Core.Net;
using Vigie.Linux.Native;
using static Vigie.Linux.Native.RouteConstants;

namespace Vigie.Linux;

/// <summary>Reads what rtnetlink says about links, addresses and neighbours; false for what is not of interest.</summary>
internal static class RouteMessages
{
    private const int LinkHeaderLength = 16;
    private const int AddressHeaderLength = 8;
    private const int NeighborHeaderLength = 12;
    private const int MacLength = 6;

    internal static bool TryReadLink(ReadOnlySpan<byte> payload, TextCache texts, out LinkInfo link)
    {
        link = default;

        // A bridge reports its ports as links of its own family: a port that leaves the bridge is not a link that is gone.
        if (payload.Length < LinkHeaderLength || payload[0] == FamilyBridge)
            return false;
        var flags = MemoryMarshal.Read<uint>(payload[8..]);
        var name = "";
        string? kind = null;
        var mac = MacAddress.Zero;
        uint mtu = 0;
        uint? carrierChanges = null;
        var forwards = false;
        var attributes = new AttributeReader(payload[LinkHeaderLength..]);
        while (attributes.TryNext(out var type, out var value))
        {
            switch (type)
            {
                case LinkName:
                    name = texts.Get(value);
                    break;
                case LinkAddress when value.Length == MacLength:
                    mac = MacAddress.FromBytes(value);
                    break;
                case LinkMtu when value.Length >= sizeof(uint):
                    mtu = MemoryMarshal.Read<uint>(value);
                    break;
                case LinkCarrierChanges when value.Length >= sizeof(uint):
                    carrierChanges = MemoryMarshal.Read<uint>(value);
                    break;
                case RouteConstants.LinkInfo when TryFind(value, LinkInfoKind, out var kindBytes):
                    kind = texts.Get(kindBytes);
                    break;
                case LinkFamilySpecific:
                    forwards = ForwardsIPv6(value);
                    break;
            }
        }

        link = new LinkInfo
        {
            Index = MemoryMarshal.Read<int>(payload[4..]),
            Name = name,
            Mac = mac,
            IsUp = (flags & LinkUp) != 0,
            HasCarrier = (flags & LinkLowerUp) != 0 && (flags & LinkRunning) != 0,
            CarrierChanges = carrierChanges,
            Mtu = mtu,
            ForwardsIPv6 = forwards,
            Kind = kind,
            IsLoopback = (flags & LinkLoopback) != 0,
        };
        return name.Length > 0;
    }

    internal static bool TryReadAddress(ReadOnlySpan<byte> payload, out AddressInfo address)
    {
        address = default;
        if (payload.Length < AddressHeaderLength || !TryGetFamily(payload[0], out var family))
            return false;
        uint flags = payload[2];
        byte protocol = 0;
        uint preferred = AddressInfo.Forever, valid = AddressInfo.Forever;
        IpAddress local = default, other = default;
        var attributes = new AttributeReader(payload[AddressHeaderLength..]);
        while (attributes.TryNext(out var type, out var value))
        {
            switch (type)
            {
                case AddressLocal when value.Length == Bytes(family):
                    local = IpAddress.FromBytes(value);
                    break;
                case AddressAddress when value.Length == Bytes(family):
                    other = IpAddress.FromBytes(value);
                    break;
                case AddressFlags when value.Length >= sizeof(uint):
                    flags = MemoryMarshal.Read<uint>(value);
                    break;
                case AddressProtocol when value.Length >= 1:
                    protocol = value[0];
                    break;
                case AddressCacheInfo when value.Length >= 2 * sizeof(uint):
                    preferred = MemoryMarshal.Read<uint>(value);
                    valid = MemoryMarshal.Read<uint>(value[4..]);
                    break;
            }
        }

        // On a point-to-point link IFA_ADDRESS is the other side's; without one, IPv6 gives only IFA_ADDRESS.
        var own = local.IsNone ? other : local;
        address = new AddressInfo
        {
            InterfaceIndex = MemoryMarshal.Read<int>(payload[4..]),
            Prefix = new IpPrefix(own, payload[1]),
            Protocol = protocol,
            Scope = (AddressScope)payload[3],
            IsSecondary = family == IpFamily.IPv4 && (flags & AddressSecondary) != 0,
            IsTentative = (flags & AddressTentative) != 0,
            IsDadFailed = (flags & AddressDuplicateFound) != 0,
            IsDeprecated = (flags & AddressDeprecated) != 0,
            HasNoPrefixRoute = (flags & AddressNoPrefixRoute) != 0,
            ValidLifetimeSeconds = valid,
            PreferredLifetimeSeconds = preferred,
        };
        return !own.IsNone;
    }

    internal static bool TryReadNeighbor(ReadOnlySpan<byte> payload, out NeighborInfo neighbor)
    {
        neighbor = default;
        if (payload.Length < NeighborHeaderLength || !TryGetFamily(payload[0], out var family)
            || (payload[10] & NeighborFlagProxy) != 0)
            return false;
        var address = IpAddress.None;
        var mac = MacAddress.Zero;
        var attributes = new AttributeReader(payload[NeighborHeaderLength..]);
        while (attributes.TryNext(out var type, out var value))
        {
            if (type == NeighborDestination && value.Length == Bytes(family))
                address = IpAddress.FromBytes(value);
            else if (type == NeighborLinkAddress && value.Length == MacLength)
                mac = MacAddress.FromBytes(value);
        }

        neighbor = new NeighborInfo
        {
            InterfaceIndex = MemoryMarshal.Read<int>(payload[4..]),
            Address = address,
            Mac = mac,
            State = (NeighborState)MemoryMarshal.Read<ushort>(payload[8..]),
        };
        return !address.IsNone;
    }

    // IFLA_AF_SPEC { AF_INET6 { IFLA_INET6_CONF: array of 32-bit settings } }
    private static bool ForwardsIPv6(ReadOnlySpan<byte> familySpecific) =>
        TryFind(familySpecific, SocketConstants.FamilyIPv6, out var ipv6)
        && TryFind(ipv6, LinkIPv6Configuration, out var settings)
        && settings.Length >= (LinkIPv6ConfigurationForwarding + 1) * sizeof(int)
        && MemoryMarshal.Read<int>(settings[(LinkIPv6ConfigurationForwarding * sizeof(int))..]) != 0;

    private static bool TryFind(ReadOnlySpan<byte> attributes, ushort wanted, out ReadOnlySpan<byte> value)
    {
        var reader = new AttributeReader(attributes);
        while (reader.TryNext(out var type, out value))
        {
            if (type == wanted)
                return true;
        }

        return false;
    }

    private static int Bytes(IpFamily family) => family == IpFamily.IPv4 ? 4 : 16;

    private static bool TryGetFamily(byte value, out IpFamily family)
    {
        family = value == SocketConstants.FamilyIPv4 ? IpFamily.IPv4 : IpFamily.IPv6;
        return value is SocketConstants.FamilyIPv4 or SocketConstants.FamilyIPv6;
    }
}
