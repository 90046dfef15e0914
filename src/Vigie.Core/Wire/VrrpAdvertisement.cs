using Vigie.Core.Net;

namespace Vigie.Core.Wire;

/// <summary>
/// The fixed fields of one VRRP advertisement of either version. The address list is not here: it stays where it is,
/// in the received bytes or in the caller's span.
/// </summary>
public readonly record struct VrrpAdvertisement
{
    public VrrpVersion Version { get; init; }

    /// <summary>The family of the packet, which is that of the virtual addresses too (RFC 9568 5.2.9).</summary>
    public IpFamily Family { get; init; }

    /// <summary>1 to 255.</summary>
    public byte Vrid { get; init; }

    /// <summary>0 (the Active resigns), 1 to 254, or 255 (the address owner); RFC 9568 5.2.4.</summary>
    public byte Priority { get; init; }

    /// <summary>1 to 255 on receive. On send the number of addresses given counts and this is not looked at.</summary>
    public byte AddressCount { get; init; }

    /// <summary>Version 3: 10 ms to 40.95 s in steps of 10 ms. Version 2: 1 s to 255 s in steps of 1 s.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>Version 2 only; <see cref="VrrpAuthenticationType.None"/> in version 3.</summary>
    public VrrpAuthenticationType AuthenticationType { get; init; }

    /// <summary>Version 2 only: the eight bytes of authentication data, the first one most significant.</summary>
    public ulong AuthenticationData { get; init; }

    /// <summary>
    /// Version 3 over IPv4: the form that matched on receive, or is to be used on send. Elsewhere there is only one
    /// form, which a decoded value names: message only in version 2, pseudo-header over IPv6.
    /// </summary>
    public Ipv4ChecksumForm ChecksumForm { get; init; }
}
