using Vigie.Core.Net;

namespace Vigie.Core.Election;

/// <summary>What the shell is to do, in the order given. Data, not behaviour.</summary>
public enum EffectKind : byte
{
    /// <summary>Send one advertisement per family with <see cref="Effect.Priority"/>.</summary>
    SendAdvertisement,

    /// <summary>Bring every virtual address onto the interface, then report AddressesReady or AddressesFailed.</summary>
    AcquireAddresses,

    /// <summary>Take every virtual address off the interface.</summary>
    ReleaseAddresses,

    /// <summary>Teach neighbours our MAC for every virtual address, from now on.</summary>
    AnnounceAddresses,

    /// <summary>Teach nothing more.</summary>
    StopAnnouncing,

    /// <summary>Tell whoever watches: <see cref="Effect.State"/> because of <see cref="Effect.Reason"/>.</summary>
    ReportState,

    /// <summary>
    /// Go on holding the addresses of <see cref="Effect.Family"/>, but teach no neighbour our MAC for them any more, not by an
    /// answer either: another host does. Ends with the addresses, or when they are acquired again.
    /// </summary>
    MuteAddresses,

    /// <summary>Ask once for every virtual address whether another station holds it; answers come back as AddressClaimed.</summary>
    ProbeAddresses,

    /// <summary>Close the connections of the virtual addresses, if the configuration asks for it.</summary>
    CloseConnections,
}

/// <summary>One effect of an election step.</summary>
public readonly record struct Effect(EffectKind Kind, byte Priority, RouterState State, TransitionReason Reason, IpFamily Family = default)
{
    public static Effect SendAdvertisement(byte priority) => new(EffectKind.SendAdvertisement, priority, default, default);

    public static readonly Effect AcquireAddresses = new(EffectKind.AcquireAddresses, 0, default, default);

    public static readonly Effect ReleaseAddresses = new(EffectKind.ReleaseAddresses, 0, default, default);

    public static readonly Effect AnnounceAddresses = new(EffectKind.AnnounceAddresses, 0, default, default);

    public static readonly Effect StopAnnouncing = new(EffectKind.StopAnnouncing, 0, default, default);

    public static Effect ReportState(RouterState state, TransitionReason reason) => new(EffectKind.ReportState, 0, state, reason);

    public static Effect MuteAddresses(IpFamily family) => new(EffectKind.MuteAddresses, 0, default, default, family);

    public static readonly Effect ProbeAddresses = new(EffectKind.ProbeAddresses, 0, default, default);

    public static readonly Effect CloseConnections = new(EffectKind.CloseConnections, 0, default, default);
}
