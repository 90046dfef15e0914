using Vigie.Node.Releasing;

namespace Vigie.Daemon.ReleaseSide;

/// <summary>Makes sentences of what a release did.</summary>
internal static class ReleaseText
{
    private const int MostAddresses = 8;

    public static string Describe(ReleaseReport report)
    {
        var addresses = string.Join(' ', report.Addresses.Take(MostAddresses));
        if (report.Addresses.Length > MostAddresses)
            addresses += $" and {report.Addresses.Length - MostAddresses} more";
        return report.Outcome switch
        {
            ReleaseOutcome.TakenOver =>
                $"{report.Router}: resigned; {report.Successor} took over after {report.After.TotalMilliseconds:0} ms; removed {addresses}",
            ReleaseOutcome.NoSuccessor => $"{report.Router}: resigned; nobody took over; removed {addresses}",
            ReleaseOutcome.LeftToKernel =>
                $"{report.Router}: resigned; nobody has taken over yet; the kernel removes {addresses} within {report.Seconds} s",
            ReleaseOutcome.NotSent => $"{report.Router}: could not resign, because the link is down or has no address to send from; removed {addresses}",
            ReleaseOutcome.Unknown => $"removed {addresses}, which no virtual router of the configuration has on that interface",
            _ => throw new InvalidOperationException($"unknown outcome {report.Outcome}"),
        };
    }
}
