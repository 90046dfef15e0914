using System.Globalization;
using System.Text;
using Vigie.Contract;
using Vigie.Core.Configuration;
using Vigie.Core.Notification;
using Vigie.Daemon.NotifySide;

namespace Vigie.Daemon.ControlSide;

/// <summary>The events of notifications.</summary>
internal static class NotifyText
{
    private const int LongestQuote = 500;

    /// <summary>A run that failed; null for one that did not.</summary>
    public static EventDocument? Failure(string router, Transition transition, NotifyConfig notify, int entry, NotifyOutcome outcome)
    {
        if (outcome.IsSuccess)
            return null;
        var (what, remedy) = Describe(notify, outcome);
        var said = Printed(outcome.Output);
        return Of("notify_failed", EventSeverity.Warning, router,
            $"{notify.Program} (entry {entry} of `notify`), told that it is {NotifyConfig.Word(transition.State)}: {what}{(said.Length > 0 ? $"; it printed: {said}" : "")}",
            remedy, ("program", notify.Program), ("state", NotifyConfig.Word(transition.State)), ("sequence", Number(transition.Sequence)),
            ("outcome", Word(outcome.Kind)), ("code", Number(outcome.Code)));
    }

    public static EventDocument? LeftBehind(string router, NotifyConfig notify, NotifyOutcome outcome) =>
        outcome.Stuck
            ? Of("notify_left_behind", EventSeverity.Error, router, $"{notify.Program} has left processes behind that cannot be killed",
                "see with `ps` what they wait for: as a rule a disk or a network file system that does not answer", ("program", notify.Program))
            : outcome.LeftBehind > 0 && outcome.Kind != NotifyOutcomeKind.TimedOut
                ? Of("notify_left_behind", EventSeverity.Warning, router,
                    $"{notify.Program} has left {outcome.LeftBehind} process{(outcome.LeftBehind == 1 ? "" : "es")} behind, which {(outcome.LeftBehind == 1 ? "was" : "were")} killed",
                    "have the script wait for what it starts; hand lasting work to the service manager", ("program", notify.Program))
                : null;

    public static EventDocument Skipped(string router, long count) => Of("notify_skipped", EventSeverity.Warning, router,
        $"{count} state change{(count == 1 ? "" : "s")} {(count == 1 ? "was" : "were")} not told to scripts, because they are slower than the state changes; the latest ones are",
        "make the scripts quicker, or find out why the state changes so often", ("count", Number(count)));

    public static EventDocument NotKept(string failure) => Of("notify_not_kept", EventSeverity.Warning, null,
        $"what scripts have been told cannot be kept in the state directory: {failure}; should the control process be started again, they may be told twice",
        "see that the daemon may write to its --state-dir and that the disk is not full");

    public static EventDocument LockNotFree() => Of("notify_lock", EventSeverity.Warning, null,
        "scripts of an earlier control process have not ended in time; the next ones are started beside them", "see with `ps` what they wait for");

    public static EventDocument NotTold(int count) => Of("notify_not_told", EventSeverity.Warning, null,
        $"{count} state change{(count == 1 ? "" : "s")} could not be told to scripts before the end", "make the scripts quicker", ("count", Number(count)));

    /// <summary>What went wrong, and the remedy, in short.</summary>
    public static (string What, string? Remedy) Describe(NotifyConfig notify, NotifyOutcome outcome) => outcome.Kind switch
    {
        NotifyOutcomeKind.Exited => ($"exit code {outcome.Code} after {outcome.Milliseconds:0} ms", "see what it printed, or run it by hand as the same user"),
        NotifyOutcomeKind.Signaled => ($"signal {outcome.Code} ended it after {outcome.Milliseconds:0} ms", "run it by hand as the same user"),
        NotifyOutcomeKind.TimedOut => ($"it took longer than {notify.Timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s and was ended",
            "make it quicker, raise its `timeout:`, or have it hand lasting work to the service manager"),
        NotifyOutcomeKind.NotStarted => ($"not run: {outcome.Message}", outcome.Remedy),
        NotifyOutcomeKind.Cancelled => ("it was ended because the daemon ends", null),
        NotifyOutcomeKind.Lost => ("the process that watched over it was killed", "look in the kernel's log for the reason: as a rule memory"),
    };

    private static string Word(NotifyOutcomeKind kind) => kind switch
    {
        NotifyOutcomeKind.Exited => "exited",
        NotifyOutcomeKind.Signaled => "signaled",
        NotifyOutcomeKind.TimedOut => "timed_out",
        NotifyOutcomeKind.NotStarted => "not_started",
        NotifyOutcomeKind.Cancelled => "cancelled",
        NotifyOutcomeKind.Lost => "lost",
    };

    /// <summary>The end of what it printed, on one line, with nothing that a terminal would obey.</summary>
    private static string Printed(string output)
    {
        var shown = new StringBuilder();
        foreach (var character in output.Trim())
            shown.Append(char.IsControl(character) ? ' ' : character);
        return shown.Length <= LongestQuote ? shown.ToString() : $"...{shown.ToString(shown.Length - LongestQuote, LongestQuote)}";
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static EventDocument Of(
        string kind, EventSeverity severity, string? router, string message, string? remedy, params ReadOnlySpan<(string Key, string Value)> facts)
    {
        var data = new Dictionary<string, string>();
        foreach (var (key, value) in facts)
            data[key] = value;
        return EventText.Own(kind, severity, message, remedy) with { VirtualRouter = router, Data = data };
    }
}
