using Vigie.Core;

namespace Vigie.Node.Routers;

/// <summary>Where a virtual router stands in one <see cref="RouterQueue"/>, and for what. Only the queue changes it.</summary>
internal sealed class QueuePlace(RouterRuntime router)
{
    public RouterRuntime Router { get; } = router;

    /// <summary>What it is queued for; <see cref="Instant.Never"/> while it is not.</summary>
    public Instant At { get; set; } = Instant.Never;

    /// <summary>Without a meaning while it is not queued.</summary>
    public int Index { get; set; }
}
