using System.Globalization;

namespace Vigie.Core.Net;

/// <summary>An address together with the length of its network: 10.77.0.100/24. The host bits are kept.</summary>
public readonly record struct IpPrefix(IpAddress Address, byte Length) : IComparable<IpPrefix>
{
    public IpFamily Family => Address.Family;

    /// <summary>32 or 128.</summary>
    public static byte MaxLength(IpFamily family) => family == IpFamily.IPv4 ? (byte)32 : (byte)128;

    /// <summary>Whether the other address lies in the same network.</summary>
    public bool Contains(IpAddress other)
    {
        if (other.Family != Family)
            return false;
        var hostBits = MaxLength(Family) - Length;
        return hostBits >= 128 || Address.Bits >> hostBits == other.Bits >> hostBits;
    }

    public int CompareTo(IpPrefix other)
    {
        var byAddress = Address.CompareTo(other.Address);
        return byAddress != 0 ? byAddress : Length.CompareTo(other.Length);
    }

    public static bool operator <(IpPrefix left, IpPrefix right) => left.CompareTo(right) < 0;

    public static bool operator >(IpPrefix left, IpPrefix right) => left.CompareTo(right) > 0;

    public static bool operator <=(IpPrefix left, IpPrefix right) => left.CompareTo(right) <= 0;

    public static bool operator >=(IpPrefix left, IpPrefix right) => left.CompareTo(right) >= 0;

    /// <summary>Reads "address/length"; without a length the address stands alone (/32 or /128).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        prefix = default;
        var slash = text.IndexOf('/');
        if (!IpAddress.TryParse(slash < 0 ? text : text[..slash], out var address))
            return false;
        var length = MaxLength(address.Family);
        if (slash >= 0
            && (!byte.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length)
                || length > MaxLength(address.Family)))
            return false;
        prefix = new IpPrefix(address, length);
        return true;
    }

    public static IpPrefix Parse(string text) =>
        TryParse(text, out var prefix) ? prefix : throw new FormatException($"'{text}' is not an address with a prefix length");

    public override string ToString() => $"{Address}/{Length}";
}
