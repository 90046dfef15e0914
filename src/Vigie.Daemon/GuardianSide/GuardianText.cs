using Vigie.Contract;
using Vigie.Daemon.ControlSide;
using Vigie.Node.Guarding;

namespace Vigie.Daemon.GuardianSide;

/// <summary>Makes sentences of what the guardian does.</summary>
internal static class GuardianText
{
    public static EventDocument Describe(GuardianEvent e)
    {
        var (kind, severity, message, remedy) = Sentence(e);
        return EventText.Own(kind, severity, message, remedy) with { VirtualRouter = e.Router };
    }

    private static (string Kind, EventSeverity Severity, string Message, string? Remedy) Sentence(GuardianEvent e) => e.Kind switch
    {
        GuardianEventKind.CoverBegan => ("cover_began", EventSeverity.Warning,
            $"the node is late, hung or dead: its advertisement was due {Milliseconds(e.Time)} ago, and the guardian sends it", null),
        GuardianEventKind.CoverEnded => ("cover_ended", EventSeverity.Info, $"the node speaks for itself again after {Milliseconds(e.Time)}", null),
        GuardianEventKind.NodeHung => ("node_hung", EventSeverity.Error,
            $"the node process has not moved for {Milliseconds(e.Time)}; it is killed and started again, and keeps its roles",
            "if it was not stopped on purpose, look for what keeps both processors busy or the memory short"),
        GuardianEventKind.NodeEnded => ("node_ended", EventSeverity.Error, "the node process ended; it is started again and keeps its roles",
            "please report it with the lines above"),
        GuardianEventKind.NodeRestarted => ("node_restarted", EventSeverity.Warning,
            e.Time == TimeSpan.Zero ? "another node process is being started" : $"another node process is being started after a wait of {Milliseconds(e.Time)}", null),
        GuardianEventKind.StartFailed => ("node_start_failed", EventSeverity.Error, "the node process cannot be started at the moment; it is tried again",
            "see that there are memory and process numbers left (LimitNPROC= and TasksMax= of its unit)"),
        GuardianEventKind.Yielded => ("cover_yielded", EventSeverity.Warning,
            $"{e.Source} is a better Active; the addresses were removed while no node was there to do it", null),
        GuardianEventKind.LinkLost => ("cover_link_lost", EventSeverity.Error, "the link was lost while no node was there; the role was given up", null),
        GuardianEventKind.AddressRefused => ("cover_address_refused", EventSeverity.Error,
            "the kernel refuses an address while no node is there; priority 0 was sent and the addresses were removed",
            "the next node says which address is refused and why"),
        GuardianEventKind.TooLate => ("cover_too_late", EventSeverity.Error,
            "nobody could speak for the role for more than two intervals, so that another host may have it; it was given up", null),
        GuardianEventKind.LastWill => ("last_will", EventSeverity.Error,
            $"the node did not come back within {Milliseconds(e.Time)}; priority 0 was sent and the addresses were removed",
            "the log above says why the node process cannot run"),
        GuardianEventKind.RecordUnreadable => ("role_unreadable", EventSeverity.Error, e.Router is null
                ? "what the node wrote on the role board cannot be read for one virtual router or more: a crash of the node would cost their roles"
                : "what the node wrote on the role board cannot be read; the guardian goes by what it read before",
            "the node process has overwritten its own memory: move its roles away (`vigie drain`), restart the daemon, and please report it"),
        _ => throw new InvalidOperationException($"unknown event {e.Kind}"),
    };

    private static string Milliseconds(TimeSpan time) => $"{time.TotalMilliseconds:0.#} ms";
}
