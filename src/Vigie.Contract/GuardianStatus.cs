namespace Vigie.Contract;

/// <summary>The guardian: what it had to do for the other processes since the daemon started.</summary>
public sealed record GuardianStatus
{
    /// <summary>Its process number.</summary>
    public int Pid { get; init; }

    /// <summary>The node's process number, or 0 while there is none.</summary>
    public int NodePid { get; init; }

    /// <summary>How often the node process was started again.</summary>
    public long NodeRestarts { get; init; }

    /// <summary>How often it was killed because it hung, or because a role had to be given up for it.</summary>
    public long NodeKills { get; init; }

    /// <summary>Advertisements that the guardian sent because the node was late, hung or dead: one per virtual router and interval.</summary>
    public long AdvertisementsCovered { get; init; }

    /// <summary>It speaks for the node at the moment.</summary>
    public bool Covering { get; init; }

    /// <summary>How often the control process was started again.</summary>
    public long ControlRestarts { get; init; }

    /// <summary>How often it has looked after the node; told every second.</summary>
    public long Rounds { get; init; }

    /// <summary>Bytes that its real-time thread has allocated in rounds in which nothing began or ended, covering included.</summary>
    public long SteadyAllocatedBytes { get; init; }

    /// <summary>Garbage collections.</summary>
    public int Collections { get; init; }
}
