using System.Collections.Immutable;

namespace Vigie.Core.Configuration;

/// <summary>The whole configuration of one host, checked and immutable.</summary>
public sealed record NodeConfig
{
    /// <summary>The name by which people know this host.</summary>
    public required string Node { get; init; }

    public required ImmutableArray<VirtualRouterConfig> VirtualRouters { get; init; }

    /// <summary>The programs that hear of state changes, in the order in which they do.</summary>
    public ImmutableArray<NotifyConfig> Notify { get; init; } = [];
}
