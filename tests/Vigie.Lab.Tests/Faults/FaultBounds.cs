using Vigie.Core.Election;

namespace Vigie.Lab.Tests.Faults;

/// <summary>How long a client may be without an answer, and who is to hold the VIP meanwhile.</summary>
/// <param name="Moves">Beta takes the VIP over while the fault lasts; else alpha keeps it, and beta takes no step.</param>
/// <param name="Outage">Bound of what the fault costs; null: the fault itself eats answers.</param>
/// <param name="Return">Bound of what its end costs; null: it has no end, or nothing of it may be felt.</param>
internal sealed record FaultBounds(bool Moves, TimeSpan? Outage, TimeSpan? Return)
{
    /// <summary>Nothing lost, as far as a question each millisecond can tell.</summary>
    public static readonly TimeSpan Nothing = TimeSpan.FromMilliseconds(5);

    public static readonly TimeSpan AfterPause = TimeSpan.FromMilliseconds(20);

    /// <summary>The kernel's own slack when it removes an address whose lifetime is over.</summary>
    private static readonly TimeSpan Removal = TimeSpan.FromMilliseconds(500);

    public static FaultBounds Of(FaultCell cell)
    {
        var interval = TimeSpan.FromMilliseconds(cell.Interval);
        // Active_Down_Interval of beta, whose priority is 100: three intervals and Skew_Time.
        var silence = 3 * interval + (256 - 100) / 256.0 * interval;
        var healed = interval + AfterPause;
        return cell.Fault switch
        {
            Fault.Terminated or Fault.RestartStorm or Fault.GuardianKilled or Fault.KilledUnderUnit or Fault.SwitchedOver or Fault.Drained => new FaultBounds(true, Nothing, Nothing),
            Fault.EverythingKilled or Fault.PowerCut => new FaultBounds(true, silence * 1.1, Nothing),
            Fault.LinkDownAtTheHost or Fault.LinkDownAtTheSwitch => new FaultBounds(true, silence * 1.1, Nothing),
            Fault.EverythingStopped or Fault.HostPaused => new FaultBounds(true, silence * 1.1, AfterPause),
            Fault.OneWayLoss or Fault.Partition => new FaultBounds(true, silence * 1.1, healed),
            Fault.Lossy => new FaultBounds(false, null, healed),
            Fault.AddressesDeleted => new FaultBounds(false, AfterPause, Nothing),
            _ => new FaultBounds(false, Nothing, Nothing),
        };
    }

    /// <summary>
    /// How long the wire may be silent: a dead or hung node is spoken for within an interval and a half, a resignation by
    /// `vigie release` is followed within Skew_Time. Null where silence is the fault, or nothing is asked for.
    /// </summary>
    public static TimeSpan? Silence(FaultCell cell)
    {
        var interval = TimeSpan.FromMilliseconds(cell.Interval);
        return cell.Fault switch
        {
            Fault.NodeKilled or Fault.NodeStopped => 1.5 * interval + TimeSpan.FromMilliseconds(5),
            Fault.KilledUnderUnit => (256 - 100) / 256.0 * interval + TimeSpan.FromMilliseconds(50),
            _ => null,
        };
    }

    /// <summary>How long the VIP may stay on a host on which nothing of ours is alive: lifetime and half a second.</summary>
    public static TimeSpan Stale(FaultCell cell) =>
        TimeSpan.FromSeconds(ElectionTimers.AddressLifetimeSeconds(TimeSpan.FromMilliseconds(cell.Interval))) + Removal;
}
