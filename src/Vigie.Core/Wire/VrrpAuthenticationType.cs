namespace Vigie.Core.Wire;

/// <summary>
/// The authentication type of version 2 (RFC 2338 5.3.6). RFC 3768 5.3.6 keeps only <see cref="None"/>; keepalived
/// still sends the other two. Version 3 has no authentication.
/// </summary>
public enum VrrpAuthenticationType : byte
{
    None = 0,

    /// <summary>A password of up to eight bytes, readable by anyone on the link.</summary>
    SimpleText = 1,

    /// <summary>An IP Authentication Header stands before the message; Vigie neither checks nor sends one.</summary>
    AuthenticationHeader = 2,
}
