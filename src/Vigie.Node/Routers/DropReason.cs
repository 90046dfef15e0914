namespace Vigie.Node.Routers;

/// <summary>Why an advertisement was dropped (RFC 9568 7.1, RFC 3768 7.1). Each is counted on its own.</summary>
public enum DropReason : byte
{
    None = 0,

    /// <summary>TTL or hop limit was not 255.</summary>
    Ttl,

    Checksum,

    /// <summary>Shorter or longer than its header says.</summary>
    Length,

    /// <summary>Another protocol version than the configured one.</summary>
    Version,

    /// <summary>Not of type ADVERTISEMENT.</summary>
    Type,

    /// <summary>The VRID is zero or not configured on the interface.</summary>
    Vrid,

    /// <summary>Version 2: another interval than ours. Version 3: interval zero.</summary>
    Interval,

    /// <summary>Version 2: another authentication type or password.</summary>
    Authentication,

    /// <summary>strict_addresses is on and the list differs from ours.</summary>
    AddressList,

    /// <summary>The sender is not one of the configured peers.</summary>
    UnknownPeer,

    /// <summary>Sent to another destination than this virtual router listens on.</summary>
    Destination,

    /// <summary>Our own advertisement came back.</summary>
    OwnSource,
}
