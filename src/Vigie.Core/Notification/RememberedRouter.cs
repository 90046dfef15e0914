using System.Collections.Immutable;
using Vigie.Core.Election;

namespace Vigie.Core.Notification;

/// <summary>What must outlive the process that notifies, for one virtual router.</summary>
public sealed record RememberedRouter
{
    public required string Name { get; init; }

    /// <summary>The number of its newest transition.</summary>
    public long Sequence { get; init; }

    /// <summary>The newest state that was seen, and since when it is in it.</summary>
    public RouterState State { get; init; }

    public Instant Since { get; init; }

    /// <summary>What has not been told to everybody yet, oldest first.</summary>
    public ImmutableArray<Transition> Waiting { get; init; } = [];

    /// <summary>Which notifications, by their text, have been told of the oldest one.</summary>
    public ImmutableArray<string> Told { get; init; } = [];
}
