namespace Vigie.Core.Wire;

/// <summary>The Ethernet types that Vigie reads or writes; others may stand in a header and are passed by.</summary>
public enum EtherType : ushort
{
    /// <summary>Not an Ethernet type: what an empty header holds.</summary>
    None = 0,
    IPv4 = 0x0800,
    Arp = 0x0806,
    IPv6 = 0x86DD,
}
