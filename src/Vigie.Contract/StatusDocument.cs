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

    /// <summary>In the order of the configuration.</summary>
    public required IReadOnlyList<VirtualRouterStatus> VirtualRouters { get; init; }
}
