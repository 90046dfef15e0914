using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Node.Interfaces;

namespace Vigie.Node.Routers;

/// <summary>An address that no virtual router of this host has the role for any more, and that is served until another host does.</summary>
internal sealed class AddressHandover(HostInterface on, IpPrefix held, uint lifetimeSeconds, Instant until)
{
    public HostInterface Interface { get; } = on;

    /// <summary>In the form in which the kernel holds it.</summary>
    public IpPrefix Held { get; } = held;

    public uint LifetimeSeconds { get; } = lifetimeSeconds;

    /// <summary>When it goes.</summary>
    public Instant Until { get; set; } = until;

    public Instant RenewAt { get; set; }

    /// <summary>Another station has it.</summary>
    public bool IsTaken { get; set; }
}
