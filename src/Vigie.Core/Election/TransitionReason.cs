namespace Vigie.Core.Election;

/// <summary>Why a virtual router is in the state it is in. Rendered to text outside Core.</summary>
public enum TransitionReason : byte
{
    None = 0,

    /// <summary>The router has begun to listen.</summary>
    Startup,

    /// <summary>The address owner does not wait (RFC 9568 6.4.1).</summary>
    AddressOwner,

    /// <summary>No advertisement arrived for Active_Down_Interval.</summary>
    ActiveSilent,

    /// <summary>The Active sent priority 0, and Skew_Time has passed.</summary>
    ActiveResigned,

    /// <summary>The Active had a lower priority, and preemption is on.</summary>
    Preempted,

    /// <summary>An advertisement of higher priority was heard.</summary>
    HigherPriority,

    /// <summary>An advertisement of equal priority from a greater address was heard.</summary>
    TieLost,

    InterfaceMissing,

    InterfaceDown,

    /// <summary>The interface has no address of its own to send advertisements from.</summary>
    NoSourceAddress,

    /// <summary>The kernel refused a virtual address.</summary>
    AddressesFailed,

    /// <summary>The configuration asks for something else now.</summary>
    Reconfigured,

    Shutdown,

    /// <summary>This host did not run for so long that another one rightly took over.</summary>
    Overslept,

    /// <summary>The kernel refused to listen: who does not hear an Active must not become one.</summary>
    NotListening,

    /// <summary>An operator moved the role to another host.</summary>
    SwitchedOver,

    /// <summary>An operator drained this host.</summary>
    Drained,

    /// <summary>The role was to move to another host, and none took it.</summary>
    NoSuccessor,

    /// <summary>Another station held a virtual address when the router would have taken the role for the first time.</summary>
    AddressConflict,

    /// <summary>This host was late again and again, and left the role to others.</summary>
    CannotKeepTime,
}
