namespace Vigie.Core.Wire;

/// <summary>The protocol version on the wire.</summary>
public enum VrrpVersion : byte
{
    /// <summary>RFC 3768: IPv4 only, whole seconds, simple-text authentication as keepalived speaks it.</summary>
    V2 = 2,

    /// <summary>RFC 9568: both families, centiseconds.</summary>
    V3 = 3,
}
