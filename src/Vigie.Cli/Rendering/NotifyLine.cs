using Vigie.Contract;

namespace Vigie.Cli.Rendering;

/// <summary>What became of the scripts of <c>notify:</c>, in one line: only what has happened is named.</summary>
internal static class NotifyLine
{
    public static string Describe(NotifyStatus notify, DateTimeOffset now)
    {
        List<string> parts = [$"{notify.Runs} run{(notify.Runs == 1 ? "" : "s")}"];
        if (notify.Failures > 0)
            parts.Add($"{notify.Failures} failed");
        if (notify.Running > 0)
            parts.Add($"{notify.Running} running");
        // What runs is told already, as far as a reader is concerned.
        if (notify.Waiting > notify.Running)
            parts.Add($"{notify.Waiting - notify.Running} waiting");
        if (notify.Skipped > 0)
            parts.Add($"{notify.Skipped} skipped");
        var last = notify.LastFailure is { } failure
            ? $"; last failure {Times.Length(now - failure.At)} ago: {failure.VirtualRouter} {failure.State}, {failure.Program}: {failure.Message}"
            : "";
        return $"notify: {string.Join(", ", parts)}{last}";
    }
}
