using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Linux;
using Vigie.Node.Routers;

namespace Vigie.Daemon.ControlSide;

/// <summary>All sentences about states, reasons and drops, in one place.</summary>
internal static class ReasonText
{
    /// <summary>What to do on a host that is late all the time.</summary>
    public const string TimeRemedy =
        "see `steal` and the load of this host, and that `vigie status` says real-time and memory locked; or lengthen `advertisement_interval:` on all hosts";

    /// <summary>Why a virtual router is in its state.</summary>
    public static string Of(TransitionReason reason) => reason switch
    {
        TransitionReason.None => "not started yet",
        TransitionReason.Startup => "listening for the Active",
        TransitionReason.AddressOwner => "this host owns the addresses (priority 255)",
        TransitionReason.ActiveSilent => "no Active was heard",
        TransitionReason.ActiveResigned => "the Active resigned",
        TransitionReason.Preempted => "the Active had a lower priority",
        TransitionReason.HigherPriority => "an Active of higher priority was heard",
        TransitionReason.TieLost => "an Active of equal priority and greater address was heard",
        TransitionReason.InterfaceMissing => "the interface does not exist",
        TransitionReason.InterfaceDown => "the interface is down or has no carrier",
        TransitionReason.NoSourceAddress => "the interface has no address of its own to send from",
        TransitionReason.AddressesFailed => "the kernel refused a virtual address",
        TransitionReason.Reconfigured => "the configuration changed",
        TransitionReason.Shutdown => "shutting down",
        TransitionReason.Overslept => "this host was paused for too long to be sure of its role",
        TransitionReason.SwitchedOver => "the role was moved to another host",
        TransitionReason.Drained => "this host is drained",
        TransitionReason.NoSuccessor => "the role was to move, and no other host took it",
        TransitionReason.CannotKeepTime => "this host could not keep time and left the role to others",
        TransitionReason.NotListening => "advertisements cannot be heard on the interface",
        TransitionReason.AddressConflict => "another station holds a virtual address and no Active is heard",
    };

    /// <summary>The stable word of a reason, for scripts.</summary>
    public static string Word(TransitionReason reason) => reason switch
    {
        TransitionReason.None => "none",
        TransitionReason.Startup => "startup",
        TransitionReason.AddressOwner => "address_owner",
        TransitionReason.ActiveSilent => "active_silent",
        TransitionReason.ActiveResigned => "active_resigned",
        TransitionReason.Preempted => "preempted",
        TransitionReason.HigherPriority => "higher_priority",
        TransitionReason.TieLost => "tie_lost",
        TransitionReason.InterfaceMissing => "interface_missing",
        TransitionReason.InterfaceDown => "interface_down",
        TransitionReason.NoSourceAddress => "no_source_address",
        TransitionReason.AddressesFailed => "addresses_failed",
        TransitionReason.AddressConflict => "address_conflict",
        TransitionReason.Reconfigured => "reconfigured",
        TransitionReason.Shutdown => "shutdown",
        TransitionReason.Overslept => "overslept",
        TransitionReason.NotListening => "not_listening",
        TransitionReason.SwitchedOver => "switched_over",
        TransitionReason.Drained => "drained",
        TransitionReason.NoSuccessor => "no_successor",
        TransitionReason.CannotKeepTime => "cannot_keep_time",
    };

    /// <summary>What an operator can do about it, where there is something.</summary>
    public static string? Remedy(TransitionReason reason, string interfaceName) => reason switch
    {
        TransitionReason.InterfaceMissing =>
            $"create {interfaceName}, or correct `interface:`; the virtual router begins as soon as it appears",
        TransitionReason.InterfaceDown => $"check the cable or switch port, or run `ip link set {interfaceName} up`",
        TransitionReason.NoSourceAddress =>
            $"give {interfaceName} a real address of each family in use (IPv6 needs its link-local address)",
        TransitionReason.AddressesFailed => "see the event before this one for the kernel's reason; it is tried again by itself",
        TransitionReason.NoSuccessor => "see that another host runs, has `preempt` or hears this one, and is not drained itself",
        TransitionReason.NotListening => "see the event before this one for the kernel's reason; it is tried again every second",
        TransitionReason.AddressConflict => ConflictRemedy,
        TransitionReason.CannotKeepTime => TimeRemedy,
        TransitionReason.None or TransitionReason.Startup or TransitionReason.AddressOwner or TransitionReason.ActiveSilent
            or TransitionReason.ActiveResigned or TransitionReason.Preempted or TransitionReason.HigherPriority
            or TransitionReason.TieLost or TransitionReason.Reconfigured or TransitionReason.Shutdown
            or TransitionReason.Overslept or TransitionReason.SwitchedOver or TransitionReason.Drained => null,
    };

    /// <summary>Who holds an address beside a cluster that hears no Active.</summary>
    public const string ConflictRemedy =
        "find the station with that MAC and take the address off it; if it is a host of this cluster, see why its advertisements are not "
        + "heard (`vigie events`: password, version, `peers:`, a filter for protocol 112); the role is taken as soon as it does not answer";

    /// <summary>The stable word of a drop reason.</summary>
    public static string Word(DropReason reason) => reason switch
    {
        DropReason.None => "none",
        DropReason.Ttl => "ttl",
        DropReason.Checksum => "checksum",
        DropReason.Length => "length",
        DropReason.Version => "version",
        DropReason.Type => "type",
        DropReason.Vrid => "vrid",
        DropReason.Interval => "interval",
        DropReason.Authentication => "authentication",
        DropReason.AddressList => "address_list",
        DropReason.UnknownPeer => "unknown_peer",
        DropReason.Destination => "destination",
        DropReason.OwnSource => "own_source",
    };

    /// <summary>What dropping for this reason means, and what to look at.</summary>
    public static (string Message, string? Remedy) Of(DropReason reason) => reason switch
    {
        DropReason.Ttl => ("its TTL or hop limit is not 255, so that it may come from beyond the link",
            "find the sender; a real VRRP router on this link sends 255"),
        DropReason.Checksum => ("its checksum is wrong", "look for a faulty card or driver at the sender"),
        DropReason.Length => ("it is shorter or longer than its header says", null),
        DropReason.Version => ("it is of another VRRP version than the configured one", "set the same `version:` on all hosts"),
        DropReason.Type => ("it is not an advertisement", null),
        DropReason.Vrid => ("its VRID is not configured here", null),
        DropReason.Interval => ("its advertisement interval differs from ours (version 2 requires the same)",
            "set the same `advertisement_interval:` on all hosts"),
        DropReason.Authentication => ("its authentication type or password is not ours",
            "set the same `authentication:` on all hosts"),
        DropReason.AddressList => ("its address list differs from ours (`strict_addresses` is on)",
            "set the same `addresses:` on all hosts"),
        DropReason.UnknownPeer => ("its sender is not one of `peers:`", "add the sender to `peers:` if it belongs to the cluster"),
        DropReason.Destination => ("it was sent to this host alone, but no `peers:` are configured",
            "configure `peers:` on all hosts, or on none"),
        DropReason.OwnSource => ("it carries our own address as its source", "look for a loop in the network, or for a host with our address"),
        DropReason.None => ("of no reason", null),
    };

    /// <summary>An error number for people.</summary>
    public static string Error(int errno) => new LinuxError(errno).ToString();

    /// <summary>Why the kernel may refuse an address, where that is known.</summary>
    public static string? AddressRemedy(int errno, IpPrefix address) => errno switch
    {
        Errno.EPERM or Errno.EACCES => address.Family == IpFamily.IPv6
            ? "grant CAP_NET_ADMIN; if it is there, IPv6 may be disabled on the interface (net.ipv6.conf.*.disable_ipv6)"
            : "grant CAP_NET_ADMIN to this process",
        Errno.ENODEV => "the interface has just disappeared",
        Errno.EINVAL => "check the prefix length of the address, and that no address of its network stands on the interface with another scope (`ip address`)",
        _ => null,
    };
}
