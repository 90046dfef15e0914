using System.Text.Json.Serialization;

namespace Vigie.Contract;

/// <summary>The state of one host as <c>vigie status --json</c> prints it.</summary>
public sealed record StatusDocument
{
    /// <summary>The host's name in its configuration.</summary>
    public required string Node { get; init; }

    public required string Version { get; init; }

    /// <summary>When the daemon started, UTC.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>The release of the running kernel, or null when not known.</summary>
    public string? Kernel { get; init; }

    /// <summary>Whether the election runs with real-time scheduling.</summary>
    public bool RealTime { get; init; }

    /// <summary>Whether the election's memory is locked against swapping.</summary>
    public bool MemoryLocked { get; init; }

    /// <summary>VRRP messages on this host's interfaces whose VRID no virtual router here has.</summary>
    public long UnknownVrid { get; init; }

    /// <summary>Messages of the node process that control had no room for: that many events or answers are missing.</summary>
    public long LostMessages { get; init; }

    /// <summary>How late the advertisements of all virtual routers left, in microseconds after their deadlines.</summary>
    [JsonPropertyName("lateness_us")]
    public HostLatenessSummary Lateness { get; init => field = value ?? new(); } = new();

    /// <summary>The process with the election. Its allocated bytes are those of the election thread since it became steady.</summary>
    public ProcessStatus? NodeProcess { get; init; }

    /// <summary>The process that answers. Its allocated bytes are those of all its threads since it started.</summary>
    public ProcessStatus? ControlProcess { get; init; }

    /// <summary>The process that watches over the others; null when it has not reported yet.</summary>
    public GuardianStatus? Guardian { get; init; }

    /// <summary>The scripts that are told of state changes; null when none are configured.</summary>
    public NotifyStatus? Notify { get; init; }

    /// <summary>In the order of the configuration.</summary>
    public required IReadOnlyList<VirtualRouterStatus> VirtualRouters { get; init; }
}

/// <summary>What one process of the daemon has used.</summary>
public sealed record ProcessStatus
{
    public int Pid { get; init; }

    /// <summary>Processor time of all its threads, in seconds.</summary>
    public double CpuSeconds { get; init; }

    /// <summary>Resident memory, in bytes; memory that it shares with other processes counts in full.</summary>
    public long ResidentBytes { get; init; }

    /// <summary>Bytes allocated on the managed heap.</summary>
    public long AllocatedBytes { get; init; }

    /// <summary>Garbage collections so far.</summary>
    public int Collections { get; init; }
}

/// <summary>Percentiles in microseconds over all virtual routers, and the histogram behind them.</summary>
public sealed record HostLatenessSummary
{
    public long P50 { get; init; }

    public long P99 { get; init; }

    [JsonPropertyName("p99_99")]
    public long P9999 { get; init; }

    public long Max { get; init; }

    /// <summary>How many measurements there are.</summary>
    public long Count { get; init; }

    /// <summary>How many left later than half the interval of their virtual router: the guardian spoke for them, if it could.</summary>
    public long Late { get; init; }

    /// <summary>Since when all this has been counted, UTC: a node process that is started anew begins anew.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The buckets that are not empty, ascending. Counts only grow: the difference of two documents is what happened in between.</summary>
    public IReadOnlyList<LatenessBucket> Buckets { get; init => field = value ?? []; } = [];
}

/// <summary>One bucket of a histogram of lateness.</summary>
/// <param name="Max">The largest lateness that falls into it, in microseconds.</param>
/// <param name="Count">How many did.</param>
public sealed record LatenessBucket(long Max, long Count);
