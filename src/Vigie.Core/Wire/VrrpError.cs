namespace Vigie.Core.Wire;

/// <summary>
/// Why bytes are not a VRRP advertisement, in the order in which the checks are made (RFC 9568 7.1, RFC 3768 7.1).
/// The first failing check is the answer.
/// </summary>
public enum VrrpError : byte
{
    /// <summary>No error: the advertisement may be used.</summary>
    None = 0,

    /// <summary>The bytes end before the fixed fields, the addresses or version 2's authentication data do.</summary>
    Truncated,

    /// <summary>Neither version 2 over IPv4 nor version 3 (RFC 9568 5.2.1; version 2 knows no IPv6).</summary>
    Version,

    /// <summary>Not an ADVERTISEMENT, type 1 (RFC 9568 5.2.2).</summary>
    Type,

    /// <summary>Source and destination are not two addresses of one family, so the message has none either.</summary>
    AddressFamily,

    /// <summary>Bytes follow the last field: see <see cref="VrrpCodec.TryDecode"/>.</summary>
    Length,

    /// <summary>The checksum matches in none of the accepted forms (RFC 9568 5.2.8, RFC 3768 5.3.8).</summary>
    Checksum,

    /// <summary>Version 2: a type other than 0, 1 or 2 (RFC 3768 5.3.6 has unknown types discarded).</summary>
    AuthenticationType,

    /// <summary>VRID 0; the range is 1 to 255 (RFC 9568 5.2.3).</summary>
    VridZero,

    /// <summary>No address; at least one is required (RFC 9568 5.2.5).</summary>
    AddressCountZero,

    /// <summary>An interval of zero, from which no timer could be made (RFC 9568 5.2.7, RFC 3768 5.3.7).</summary>
    IntervalZero,
}
