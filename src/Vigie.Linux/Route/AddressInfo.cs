using Vigie.Core.Net;

namespace Vigie.Linux;

/// <summary>How far an address reaches (uapi rtnetlink.h rt_scope_t).</summary>
public enum AddressScope : byte
{
    Global = 0,
    Site = 200,
    Link = 253,
    Host = 254,
    Nowhere = 255,
}

/// <summary>An address of an interface as the kernel describes it.</summary>
public readonly record struct AddressInfo
{
    /// <summary>"For ever", as a lifetime in seconds.</summary>
    public const uint Forever = 0xFFFF_FFFF;

    public int InterfaceIndex { get; init; }

    public IpPrefix Prefix { get; init; }

    /// <summary>Who put it there (IFA_PROTO); 0 when nobody said.</summary>
    public byte Protocol { get; init; }

    public AddressScope Scope { get; init; }

    /// <summary>IPv4: not the first address of its network on the interface.</summary>
    public bool IsSecondary { get; init; }

    /// <summary>IPv6: duplicate address detection has not finished; it cannot be used yet.</summary>
    public bool IsTentative { get; init; }

    /// <summary>IPv6: another host has it.</summary>
    public bool IsDadFailed { get; init; }

    /// <summary>Not chosen as the source of new connections.</summary>
    public bool IsDeprecated { get; init; }

    /// <summary>The kernel made no route to the network for it.</summary>
    public bool HasNoPrefixRoute { get; init; }

    /// <summary>What is left of the valid lifetime, in seconds; <see cref="Forever"/> when it does not end.</summary>
    public uint ValidLifetimeSeconds { get; init; }

    /// <summary>What is left of the preferred lifetime, in seconds.</summary>
    public uint PreferredLifetimeSeconds { get; init; }
}
