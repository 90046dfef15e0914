namespace Vigie.Node.Events;

/// <summary>What happened. Rendered to text, with a remedy where there is one, outside the node.</summary>
public enum NodeEventKind : byte
{
    /// <summary>A virtual router entered another state.</summary>
    StateChanged = 1,

    /// <summary>The kernel refused an address (Error, Address).</summary>
    AddressRefused,

    /// <summary>Somebody removed an address of ours; it was put back at once (Address).</summary>
    AddressReasserted,

    /// <summary>The address stands on the interface already and is not ours: it is used, never removed (Address).</summary>
    AddressNotOurs,

    /// <summary>An address that a predecessor left behind was removed (Address).</summary>
    StaleAddressRemoved,

    /// <summary>Another station says that our virtual address is its own (Address, Mac).</summary>
    ForeignClaim,

    /// <summary>The Active's address list differs from ours (Source, Count = addresses it sent).</summary>
    AddressListMismatch,

    /// <summary>Version 3: another router sends at another interval than ours (Source, Count = its interval in milliseconds).</summary>
    IntervalMismatch,

    /// <summary>Two routers claim to be the address owner (Source).</summary>
    DuplicateOwner,

    /// <summary>Advertisements cannot be sent (Error).</summary>
    SendFailed,

    /// <summary>Advertisements can be sent again.</summary>
    SendRecovered,

    /// <summary>Advertisements are being dropped for a reason seen for the first time from this sender (Drop, Source).</summary>
    AdvertisementDropped,

    /// <summary>A new configuration is live (Count = virtual routers).</summary>
    Reconfigured,

    /// <summary>The node has begun to work (Count = virtual routers).</summary>
    Started,

    /// <summary>Real-time scheduling was refused (Error).</summary>
    RealTimeRefused,

    /// <summary>Locking memory was refused (Error).</summary>
    MemoryLockRefused,

    /// <summary>
    /// Advertisements to a multicast group cannot be heard (Error, Source = the group, Interface).
    /// Tried again; reported when the error is another one than before.
    /// </summary>
    JoinFailed,

    /// <summary>The kernel's event queue overflowed; everything was read again.</summary>
    KernelEventsLost,

    /// <summary>The configuration that was sent is not valid here (it was checked before: a bug).</summary>
    ConfigurationRefused,

    /// <summary>Packets to the addresses of a virtual router with accept mode off cannot be refused.</summary>
    AcceptFilterFailed,

    /// <summary>Reading links and addresses anew fails again and again (Error, Count = attempts). It goes on being tried.</summary>
    ResyncFailed,

    /// <summary>The configuration is too large for the role board: a crash of the node would cost its roles.</summary>
    NotGuarded,

    /// <summary>A role of the process before this one was taken up (State).</summary>
    RoleTakenUp,

    /// <summary>Advertisements of strangers cannot be kept away by the kernel; the node drops them itself.</summary>
    PeerFilterFailed,

    /// <summary>The role was lost too often by this host's own fault: a lower Active is left alone for a while (Count = seconds).</summary>
    PreemptionHeld,

    /// <summary>An operator's wish keeps a virtual router from the role, or does no longer (Count = <see cref="Vigie.Core.Election.AsideCause"/>).</summary>
    StandsAside,

    /// <summary>The kernel did not take the rules that keep a leaving host from teaching its MAC.</summary>
    MuteFailed,

    /// <summary>Connections of the virtual addresses were closed (Count), or could not be (Error).</summary>
    ConnectionsClosed,

    /// <summary>What an operator said to an earlier process could not be read: this one takes part in every election.</summary>
    AsideUnread,

    /// <summary>
    /// Before the role was taken for the first time, another station said that a virtual address is its own (Address, Mac).
    /// The role is not taken; it is asked again and again.
    /// </summary>
    AddressConflict,

    /// <summary>An address that a reload took from a virtual router is served on until another host announces it (Address).</summary>
    AddressHandedOver,

    /// <summary>Nobody announced it in time: it was removed (Address).</summary>
    AddressNotTaken,

    /// <summary>This host has been late so often that it leaves the role to others, if there are any.</summary>
    TimeLost,

    /// <summary>This host is in time again.</summary>
    TimeKeptAgain,
}
