namespace Vigie.Core.Wire;

/// <summary>
/// What the checksum of a version 3 advertisement over IPv4 covers. Implementations differ, so both are accepted;
/// which one is sent can be chosen.
/// </summary>
public enum Ipv4ChecksumForm : byte
{
    /// <summary>The VRRP message alone, as in version 2 and RFC 9568 5.2.8.</summary>
    MessageOnly = 0,

    /// <summary>The message and an IPv4 pseudo-header, as RFC 5798 5.2.8 was commonly read; keepalived and FRR.</summary>
    PseudoHeader = 1,
}
