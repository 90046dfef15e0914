namespace Vigie.Lab.Tests.Faults;

/// <summary>What can go wrong with the owner of a VIP (alpha), or be done to it. The order is that of the table.</summary>
internal enum Fault
{
    /// <summary>SIGTERM, later started again.</summary>
    Terminated,
    NodeKilled,
    ControlKilled,
    GuardianKilled,

    /// <summary>All three at once, with nobody to clean up after them.</summary>
    EverythingKilled,

    /// <summary>No frame passes, no process lives, no address stays.</summary>
    PowerCut,
    NodeStopped,
    GuardianStopped,
    ControlStopped,

    /// <summary>All three, while the host's kernel goes on.</summary>
    EverythingStopped,

    /// <summary>All three, and no frame passes: a virtual machine that is not run for a while.</summary>
    HostPaused,
    LinkDownAtTheHost,
    LinkDownAtTheSwitch,

    /// <summary>Nobody hears the owner, which hears everybody.</summary>
    OneWayLoss,

    /// <summary>30 % of its frames, in both directions.</summary>
    Lossy,

    /// <summary>The owner alone on one side.</summary>
    Partition,
    AddressesDeleted,
    BadReload,

    /// <summary>More changes in the kernel's network than a node that is not looking can be told of.</summary>
    NetlinkOverrun,

    /// <summary>Its state folder and its log.</summary>
    DiskFull,

    /// <summary>Stopped and started again, three times, at once.</summary>
    RestartStorm,

    /// <summary>More busy processes than cores.</summary>
    Overload,

    /// <summary>All three killed at once under a supervisor that runs `vigie release` and starts the daemon again.</summary>
    KilledUnderUnit,

    /// <summary>No fault but a plan: `vigie switchover`, and `vigie failback` later.</summary>
    SwitchedOver,

    /// <summary>`vigie drain`, and `vigie undrain` later.</summary>
    Drained,
}
