namespace Vigie.Core.Election;

/// <summary>The states of RFC 9568 6.4, and one of ours: Fault is Initialize with a cause that an operator can mend.</summary>
public enum RouterState : byte
{
    /// <summary>Not taking part yet, or not any more (RFC 9568 6.4.1).</summary>
    Initialize = 0,

    /// <summary>Watching the Active (RFC 9568 6.4.2).</summary>
    Backup = 1,

    /// <summary>Owning the virtual addresses (RFC 9568 6.4.3).</summary>
    Active = 2,

    /// <summary>Kept out of the election by something on this host; <see cref="TransitionReason"/> says what.</summary>
    Fault = 3,
}
