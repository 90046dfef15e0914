using System.Globalization;
using Vigie.Contract;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Node.Events;

namespace Vigie.Daemon.ControlSide;

/// <summary>Makes sentences, severities and machine-readable facts of the node's events.</summary>
internal static class EventText
{
    public static EventDocument Describe(in NodeEvent e, string routerName, WallClock clock)
    {
        var (kind, severity, message, remedy) = Sentence(e, routerName);
        return new EventDocument
        {
            Sequence = 0,
            Time = clock.At(e.At),
            Kind = kind,
            VirtualRouter = routerName.Length > 0 ? routerName : null,
            Severity = severity,
            Message = message,
            Remedy = remedy,
            Data = Facts(e),
        };
    }

    /// <summary>An event that control makes itself.</summary>
    public static EventDocument Own(string kind, EventSeverity severity, string message, string? remedy = null) => new()
    {
        Sequence = 0, Time = DateTimeOffset.UtcNow, Kind = kind, Severity = severity, Message = message, Remedy = remedy,
    };

    private static (string Kind, EventSeverity Severity, string Message, string? Remedy) Sentence(in NodeEvent e, string name) => e.Kind switch
    {
        NodeEventKind.StateChanged => ("state_changed", e.State == RouterState.Fault ? EventSeverity.Error : EventSeverity.Info,
            $"{NotifyConfig.Word(e.State)}: {ReasonText.Of(e.Reason)}", ReasonText.Remedy(e.Reason, "its interface")),
        NodeEventKind.AddressRefused => ("address_refused", EventSeverity.Error,
            $"the kernel refused {e.Address}: {ReasonText.Error(e.Error)}", ReasonText.AddressRemedy(e.Error, e.Address)),
        NodeEventKind.AddressReasserted => ("address_reasserted", EventSeverity.Warning,
            $"somebody removed {e.Address}; it was put back at once",
            "if it happens again: networkd wants `KeepConfiguration=yes`, NetworkManager `unmanaged-devices` for the interface"),
        NodeEventKind.AddressNotOurs => ("address_not_ours", EventSeverity.Warning,
            $"{e.Address} stands on the interface already and was not put there by Vigie; it is left as it is and stays when the role moves",
            "remove it from the host's own network settings, unless this host is the address owner"),
        NodeEventKind.StaleAddressRemoved => ("stale_address_removed", EventSeverity.Info,
            $"{e.Address} was left behind by an earlier run and is wanted by no virtual router; removed", null),
        NodeEventKind.ForeignClaim => ("foreign_claim", EventSeverity.Error,
            $"{e.Mac} says that {e.Address.Address} is its own while this host is Active; answered",
            "find the station with that MAC: two hosts use one address"),
        NodeEventKind.AddressConflict => ("address_conflict", EventSeverity.Error,
            $"{e.Mac} holds {e.Address.Address} and no Active is heard: the role is not taken, and it is asked again", ReasonText.ConflictRemedy),
        NodeEventKind.AddressListMismatch => ("address_list_mismatch", EventSeverity.Warning,
            $"{e.Source} advertises {e.Count} addresses that differ from ours", "set the same `addresses:` on all hosts"),
        NodeEventKind.IntervalMismatch => ("interval_mismatch", EventSeverity.Warning,
            $"{e.Source} advertises every {e.Count} ms, which is not our interval", "set the same `advertisement_interval:` on all hosts"),
        NodeEventKind.DuplicateOwner => ("duplicate_owner", EventSeverity.Error,
            $"{e.Source} claims to be the address owner (priority 255), and so does this host", "set `priority: owner` on one host only"),
        NodeEventKind.SendFailed => ("send_failed", EventSeverity.Error, $"advertisements cannot be sent: {ReasonText.Error(e.Error)}",
            e.Error == Linux.Errno.EPERM ? "a local firewall refuses protocol 112; allow it in the output chain" : null),
        NodeEventKind.SendRecovered => ("send_recovered", EventSeverity.Info, "advertisements can be sent again", null),
        NodeEventKind.AdvertisementDropped => ("advertisement_dropped", EventSeverity.Warning,
            $"dropped an advertisement of {e.Source}: {ReasonText.Of(e.Drop).Message}; more of them are only counted", ReasonText.Of(e.Drop).Remedy),
        NodeEventKind.Reconfigured => ("reconfigured", EventSeverity.Info, $"a new configuration with {Routers(e.Count)} is live", null),
        NodeEventKind.Started => ("started", EventSeverity.Info, $"vigie {VigieVersion.Current} serves {Routers(e.Count)}", null),
        NodeEventKind.RealTimeRefused => ("real_time_refused", EventSeverity.Warning,
            $"no real-time scheduling ({ReasonText.Error(e.Error)}): advertisements may be late under load", "grant CAP_SYS_NICE to this process"),
        NodeEventKind.MemoryLockRefused => ("memory_lock_refused", EventSeverity.Warning,
            $"memory is not locked ({ReasonText.Error(e.Error)}): swapping may delay advertisements", "grant CAP_IPC_LOCK, or raise LimitMEMLOCK"),
        NodeEventKind.JoinFailed => ("join_failed", EventSeverity.Error,
            $"cannot listen to {e.Source} on {e.Interface}: {ReasonText.Error(e.Error)}; tried again every second",
            e.Error == Linux.Errno.ENOBUFS ? "raise net.ipv4.igmp_max_memberships above the number of interfaces" : null),
        NodeEventKind.KernelEventsLost => ("kernel_events_lost", EventSeverity.Info, "the kernel's event queue overflowed; everything was read again", null),
        NodeEventKind.ResyncFailed => ("resync_failed", EventSeverity.Error,
            $"links and addresses could not be read from the kernel {e.Count} times in a row: {ReasonText.Error(e.Error)}; what is known may be "
            + "outdated, and it is tried again", "find the program that changes the host's network settings without pause (`ip monitor`)"),
        NodeEventKind.AcceptFilterFailed => ("accept_filter_failed", EventSeverity.Error,
            "`accept: false` cannot be enforced: nftables did not take the rules, so packets to the virtual addresses are accepted",
            "install libnftables1, and see that the kernel has nf_tables"),
        NodeEventKind.PeerFilterFailed => ("peer_filter_failed", EventSeverity.Warning,
            "nftables did not take the rules for `peers:`; the advertisements of others are dropped by Vigie itself, a flood of them costs CPU time",
            "install libnftables1, and see that the kernel has nf_tables"),
        NodeEventKind.PreemptionHeld => ("preemption_held", EventSeverity.Warning,
            $"this host has lost the role too often by its own fault; for {e.Count} s it leaves the role to whoever serves, unless nobody does",
            "see the events before this one for the cause: a link that flaps, a refused address, long pauses; a reload that changes the virtual router lifts it"),
        NodeEventKind.NotGuarded => ("not_guarded", EventSeverity.Warning,
            "this configuration is too large to be guarded: a crash of the node process would cost its roles",
            "use fewer addresses or virtual routers on one host"),
        NodeEventKind.RoleTakenUp => ("role_taken_up", EventSeverity.Info, $"goes on as {NotifyConfig.Word(e.State)} where the process before this one ended", null),
        NodeEventKind.StandsAside or NodeEventKind.AsideUnread or NodeEventKind.MuteFailed or NodeEventKind.ConnectionsClosed
            or NodeEventKind.AddressHandedOver or NodeEventKind.AddressNotTaken or NodeEventKind.TimeLost or NodeEventKind.TimeKeptAgain => Leaving(e),
        NodeEventKind.ConfigurationRefused => ("configuration_refused", EventSeverity.Error, "the node refused the configuration", null),
    };

    private static (string Kind, EventSeverity Severity, string Message, string? Remedy) Leaving(in NodeEvent e) => e.Kind switch
    {
        NodeEventKind.StandsAside => ((AsideCause)e.Count) switch
        {
            AsideCause.Switchover => ("moved_away", EventSeverity.Info,
                "the role was moved away: it is not taken from a working Active until that one fails or resigns", "`vigie failback` ends this"),
            AsideCause.Drain => ("drained", EventSeverity.Info, "this host stays out of the election", "`vigie undrain` ends this"),
            _ => ("takes_part_again", EventSeverity.Info, "takes part in the election as configured", null),
        },
        NodeEventKind.AsideUnread => ("aside_unread", EventSeverity.Error,
            "what was drained or moved away cannot be read from the state directory: this host takes part in every election",
            "see that the daemon may read its --state-dir, and repeat `vigie drain` or `vigie switchover`"),
        NodeEventKind.MuteFailed => ("mute_failed", EventSeverity.Warning,
            "nftables did not take the rules for leaving without a gap: a successor's announcements may be undone by answers of this host",
            "install libnftables1, and see that the kernel has nf_tables"),
        NodeEventKind.ConnectionsClosed when e.Error == 0 => ("connections_closed", EventSeverity.Info,
            $"{e.Count} connections of the virtual addresses were closed", null),
        NodeEventKind.ConnectionsClosed => ("connections_not_closed", EventSeverity.Warning,
            $"connections of the virtual addresses could not be closed ({ReasonText.Error(e.Error)}); {e.Count} were",
            "grant CAP_NET_ADMIN; the kernel needs INET_DIAG_DESTROY"),
        NodeEventKind.AddressHandedOver => ("address_handed_over", EventSeverity.Info,
            $"{e.Address} belongs to another virtual router now, and is served here until that one's Active has it", null),
        NodeEventKind.AddressNotTaken => ("address_not_taken", EventSeverity.Warning,
            $"{e.Address} was taken from its virtual router, and no other host has announced it; it was removed",
            "see that the other hosts have the same configuration"),
        NodeEventKind.TimeLost => ("cannot_keep_time", EventSeverity.Warning,
            "this host was late for a quarter or more of 15 of the last 20 spans of ten intervals (0.5 to 2 s); it leaves the role "
            + "to others, if there are any", ReasonText.TimeRemedy),
        NodeEventKind.TimeKeptAgain => ("keeps_time_again", EventSeverity.Info, "this host is in time again", null),
        _ => throw new InvalidOperationException($"{e.Kind} has nothing to do with leaving"),
    };

    private static string Routers(int count) => count == 1 ? "1 virtual router" : $"{count} virtual routers";

    private static Dictionary<string, string> Facts(in NodeEvent e)
    {
        var facts = new Dictionary<string, string>();
        if (e.Kind == NodeEventKind.StateChanged)
        {
            facts["state"] = NotifyConfig.Word(e.State);
            facts["cause"] = e.Reason.ToString();
        }

        if (!e.Address.Address.IsNone)
            facts["address"] = e.Address.ToString();
        if (!e.Source.IsNone)
            facts["source"] = e.Source.ToString();
        if (e.Mac != default)
            facts["mac"] = e.Mac.ToString();
        if (e.Drop != default)
            facts["drop"] = ReasonText.Word(e.Drop);
        if (e.Interface is not null)
            facts["interface"] = e.Interface;
        if (e.Error != 0)
            facts["errno"] = e.Error.ToString(CultureInfo.InvariantCulture);
        return facts;
    }
}
