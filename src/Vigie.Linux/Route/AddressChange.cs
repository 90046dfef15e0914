using Vigie.Core.Net;

namespace Vigie.Linux;

/// <summary>What to do with an address.</summary>
public enum AddressOperation : byte
{
    /// <summary>Create it, or renew its lifetimes when it is there.</summary>
    Add,

    Remove,
}

/// <summary>
/// One change to an interface's addresses. Added addresses never get a prefix route; IPv6 ones skip duplicate address
/// detection and are deprecated from the start, so that the host never picks them as a source by itself.
/// </summary>
public readonly record struct AddressChange
{
    public AddressOperation Operation { get; init; }

    public int InterfaceIndex { get; init; }

    public IpPrefix Prefix { get; init; }

    /// <summary>1 and up; the kernel removes the address by itself when it is over. 0xFFFFFFFF: for ever.</summary>
    public uint ValidLifetimeSeconds { get; init; }

    /// <summary>Our mark on the address (IFA_PROTO), so that only ours are ever removed.</summary>
    public byte Protocol { get; init; }
}
