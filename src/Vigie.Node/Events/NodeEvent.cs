using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Node.Routers;

namespace Vigie.Node.Events;

/// <summary>One event, as plain values: the election path makes no strings.</summary>
public readonly record struct NodeEvent
{
    public NodeEventKind Kind { get; init; }

    public Instant At { get; init; }

    /// <summary>The virtual router's slot, or -1 for the host as a whole.</summary>
    public int Router { get; init; }

    public RouterState State { get; init; }

    public TransitionReason Reason { get; init; }

    public IpPrefix Address { get; init; }

    public IpAddress Source { get; init; }

    public MacAddress Mac { get; init; }

    public DropReason Drop { get; init; }

    /// <summary>The system's error number, or 0.</summary>
    public int Error { get; init; }

    public int Count { get; init; }

    /// <summary>The name of an interface, as it stood when this happened; null where none is meant.</summary>
    public string? Interface { get; init; }
}
