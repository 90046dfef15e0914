using Vigie.Core.Net;

namespace Vigie.Core.Wire;

/// <summary>What an ARP packet is for (RFC 826). Other operations are not ours.</summary>
public enum ArpOperation : ushort
{
    /// <summary>Not an operation: what an empty packet holds.</summary>
    None = 0,
    Request = 1,
    Reply = 2,
}

/// <summary>An ARP packet for IPv4 over Ethernet (RFC 826).</summary>
public readonly record struct ArpPacket
{
    public ArpOperation Operation { get; init; }

    public MacAddress SenderMac { get; init; }

    public IpAddress SenderIp { get; init; }

    public MacAddress TargetMac { get; init; }

    public IpAddress TargetIp { get; init; }
}

/// <summary>Why bytes are not an ARP packet for IPv4 over Ethernet, in the order of the checks.</summary>
public enum ArpError : byte
{
    None = 0,

    /// <summary>Fewer than 28 bytes.</summary>
    Truncated,

    /// <summary>Hardware type other than Ethernet (1).</summary>
    HardwareType,

    /// <summary>Protocol type other than IPv4 (0x0800).</summary>
    ProtocolType,

    /// <summary>Hardware addresses not of 6 bytes.</summary>
    HardwareLength,

    /// <summary>Protocol addresses not of 4 bytes.</summary>
    ProtocolLength,

    /// <summary>Neither request nor reply.</summary>
    Operation,
}
