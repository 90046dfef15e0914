using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Vigie.Core.Net;

/// <summary>
/// An IPv4 or IPv6 address as a plain value: no heap, no scope id, ordered as an unsigned number, which is the order
/// that VRRP's tie-break uses (RFC 9568 6.4.3). Text is read and written by the framework's own parser.
/// </summary>
public readonly record struct IpAddress : IComparable<IpAddress>
{
    private readonly UInt128 _bits;
    private readonly IpFamily _family;

    private IpAddress(IpFamily family, UInt128 bits)
    {
        _family = family;
        _bits = bits;
    }

    /// <summary>The default value: no address at all. Its family is neither IPv4 nor IPv6.</summary>
    public static IpAddress None => default;

    public bool IsNone => _family == 0;

    public IpFamily Family => _family;

    /// <summary>4 or 16; 0 for <see cref="None"/>.</summary>
    public int ByteLength => _family switch { IpFamily.IPv4 => 4, IpFamily.IPv6 => 16, _ => 0 };

    public static IpAddress FromIPv4(uint hostOrder) => new(IpFamily.IPv4, hostOrder);

    public static IpAddress FromIPv6(UInt128 hostOrder) => new(IpFamily.IPv6, hostOrder);

    /// <summary>Reads 4 bytes as IPv4 or 16 bytes as IPv6, in network order; any other length is a bug of the caller.</summary>
    public static IpAddress FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes)),
        16 => FromIPv6(BinaryPrimitives.ReadUInt128BigEndian(bytes)),
        _ => throw new ArgumentException($"an address has 4 or 16 bytes, not {bytes.Length}", nameof(bytes)),
    };

    /// <summary>Writes the address in network order and returns how many bytes it took (4 or 16).</summary>
    public int WriteTo(Span<byte> destination)
    {
        if (_family == IpFamily.IPv4)
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_bits);
        else if (_family == IpFamily.IPv6)
            BinaryPrimitives.WriteUInt128BigEndian(destination, _bits);
        return ByteLength;
    }

    /// <summary>The address as a number, most significant bit first.</summary>
    public UInt128 Bits => _bits;

    public bool IsLinkLocal => _family switch
    {
        IpFamily.IPv4 => (uint)_bits >> 16 == 0xA9FE,
        IpFamily.IPv6 => _bits >> 118 == 0xFE80 >> 6,
        _ => false,
    };

    public bool IsMulticast => _family switch
    {
        IpFamily.IPv4 => (uint)_bits >> 28 == 0xE,
        IpFamily.IPv6 => _bits >> 120 == 0xFF,
        _ => false,
    };

    public bool IsLoopback => _family switch
    {
        IpFamily.IPv4 => (uint)_bits >> 24 == 127,
        IpFamily.IPv6 => _bits == UInt128.One,
        _ => false,
    };

    /// <summary>0.0.0.0 or ::.</summary>
    public bool IsUnspecified => _family != 0 && _bits == UInt128.Zero;

    /// <summary>Orders by family, then as an unsigned number.</summary>
    public int CompareTo(IpAddress other)
    {
        var byFamily = _family.CompareTo(other._family);
        return byFamily != 0 ? byFamily : _bits.CompareTo(other._bits);
    }

    public static bool operator <(IpAddress left, IpAddress right) => left.CompareTo(right) < 0;

    public static bool operator >(IpAddress left, IpAddress right) => left.CompareTo(right) > 0;

    public static bool operator <=(IpAddress left, IpAddress right) => left.CompareTo(right) <= 0;

    public static bool operator >=(IpAddress left, IpAddress right) => left.CompareTo(right) >= 0;

    /// <summary>Dotted quads with exactly four decimal parts, or IPv6 without a scope id.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address)
    {
        address = default;
        if (text.IsEmpty || text.Contains('%') || text.Contains('[') || text.Contains(']'))
            return false;

        // The framework also reads "1", "1.2" and "0x7f.1" as IPv4; people who write those meant something else.
        if (!text.Contains(':'))
            return TryParseDottedQuad(text, out address);

#pragma warning disable RS0030 // Parsing text is not I/O: the framework's IPv6 parser beats one of our own.
        if (!IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
            return false;
        Span<byte> bytes = stackalloc byte[16];
        parsed.TryWriteBytes(bytes, out _);
#pragma warning restore RS0030
        address = FromBytes(bytes);
        return true;
    }

    public static IpAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IPv4 or IPv6 address");

    public override string ToString()
    {
        if (IsNone)
            return "none";
#pragma warning disable RS0030 // Formatting text is not I/O.
        Span<byte> bytes = stackalloc byte[16];
        var length = WriteTo(bytes);
        return new IPAddress(bytes[..length]).ToString();
#pragma warning restore RS0030
    }

    private static bool TryParseDottedQuad(ReadOnlySpan<char> text, out IpAddress address)
    {
        address = default;
        uint value = 0;
        var parts = 0;
        foreach (var range in text.Split('.'))
        {
            var part = text[range];
            // A leading zero is refused: some tools read it as octal.
            if (part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0')
                || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var octet))
                return false;
            value = value << 8 | octet;
            parts++;
        }

        if (parts != 4)
            return false;
        address = FromIPv4(value);
        return true;
    }
}
