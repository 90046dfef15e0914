using System.Globalization;

namespace Vigie.Core.Net;

/// <summary>A 48-bit Ethernet address as a plain value.</summary>
public readonly record struct MacAddress(ulong Value)
{
    public static readonly MacAddress Broadcast = new(0xFFFF_FFFF_FFFF);

    public static readonly MacAddress Zero = new(0);

    /// <summary>Reads exactly six bytes in wire order.</summary>
    public static MacAddress FromBytes(ReadOnlySpan<byte> bytes) =>
        new((ulong)bytes[0] << 40 | (ulong)bytes[1] << 32 | (ulong)bytes[2] << 24 | (ulong)bytes[3] << 16 | (ulong)bytes[4] << 8 | bytes[5]);

    public void WriteTo(Span<byte> destination)
    {
        destination[0] = (byte)(Value >> 40);
        destination[1] = (byte)(Value >> 32);
        destination[2] = (byte)(Value >> 24);
        destination[3] = (byte)(Value >> 16);
        destination[4] = (byte)(Value >> 8);
        destination[5] = (byte)Value;
    }

    /// <summary>The group address that an IP multicast group maps to (RFC 1112 6.4, RFC 2464 7).</summary>
    public static MacAddress ForMulticast(IpAddress group) => group.Family == IpFamily.IPv4
        ? new(0x0100_5E00_0000 | (ulong)group.Bits & 0x7F_FFFF)
        : new(0x3333_0000_0000 | (ulong)group.Bits & 0xFFFF_FFFF);

    /// <summary>The virtual router MAC of RFC 9568 7.3: 00-00-5E-00-01-{VRID} for IPv4, 00-00-5E-00-02-{VRID} for IPv6.</summary>
    public static MacAddress ForVirtualRouter(IpFamily family, byte vrid) =>
        new(0x0000_5E00_0000 | (family == IpFamily.IPv4 ? 0x100UL : 0x200UL) | vrid);

    public static bool TryParse(ReadOnlySpan<char> text, out MacAddress mac)
    {
        mac = default;
        if (text.Length != 17)
            return false;
        ulong value = 0;
        for (var i = 0; i < 6; i++)
        {
            if ((i > 0 && text[i * 3 - 1] is not (':' or '-'))
                || !byte.TryParse(text.Slice(i * 3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
                return false;
            value = value << 8 | octet;
        }

        mac = new(value);
        return true;
    }

    public override string ToString() =>
        $"{(byte)(Value >> 40):x2}:{(byte)(Value >> 32):x2}:{(byte)(Value >> 24):x2}:{(byte)(Value >> 16):x2}:{(byte)(Value >> 8):x2}:{(byte)Value:x2}";
}
