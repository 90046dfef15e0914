using System.Collections.Immutable;

namespace Vigie.Core.Configuration;

/// <summary>The whole configuration of one host, checked and immutable.</summary>
public sealed record NodeConfig
{
    /// <summary>The name by which people know this host.</summary>
    public required string Node { get; init; }

    public required ImmutableArray<VirtualRouterConfig> VirtualRouters { get; init; }
}
