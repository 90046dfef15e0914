namespace Vigie.Core.Peers;

/// <summary>Why a datagram of the peer channel is not believed, in the order of the checks but for the last one.</summary>
public enum ChannelError : byte
{
    None = 0,

    /// <summary>Fewer bytes than a header and a seal.</summary>
    Truncated,

    /// <summary>More than <see cref="ChannelPacket.MaximumLength"/> bytes.</summary>
    TooLong,

    /// <summary>It does not begin as packets of the channel do: somebody else's traffic.</summary>
    Magic,

    /// <summary>Another version of the channel.</summary>
    Version,

    /// <summary>A kind of content that this version does not know.</summary>
    Kind,

    /// <summary>No session, or the number 0.</summary>
    Header,

    /// <summary>It says that it was sent on another path than it came by.</summary>
    Path,

    /// <summary>Sealed with a key that is not in the key file here.</summary>
    KeyUnknown,

    /// <summary>Its number is older than any that may still come late.</summary>
    Stale,

    /// <summary>Its number has been here before.</summary>
    Replayed,

    /// <summary>The seal does not fit: another key under the same number, other names, or changed on the way.</summary>
    Forged,

    /// <summary>Genuine, but perhaps of another time: it does not name what this host has said lately. Worth an answer, which its sender can then name.</summary>
    Unproven,

    /// <summary>Too many that did not open came within a second: this one was not tried.</summary>
    Throttled,
}
