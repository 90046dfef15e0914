using System.Collections.Immutable;
using Vigie.Core.Net;
using Vigie.Node.Ports;

namespace Vigie.Node.Guarding;

/// <summary>
/// What the guardian does to its host. Nothing waits: what the kernel may hold up is done soon, in the order of the calls.
/// </summary>
public interface IGuardianHost
{
    /// <summary>
    /// Starts a node process, later than this call. That it failed (no memory, no process number) comes back as
    /// <see cref="GuardianLoop.OnStartFailed"/>, its end as <see cref="GuardianLoop.OnNodeEnded"/>.
    /// </summary>
    void StartNode();

    /// <summary>
    /// Ends the node process at once; it does nothing more from the moment this returns, and its end is not reported.
    /// </summary>
    void KillNode();

    /// <summary>Makes the kernel hold these addresses for so long, or not hold them.</summary>
    void Apply(int interfaceIndex, ImmutableArray<IpPrefix> addresses, bool present, uint lifetimeSeconds);

    /// <summary>Hears VRRP on these interfaces from now on.</summary>
    void Listen(ImmutableArray<ListeningInterface> interfaces);

    /// <summary>What was seen lately of an interface, or null when nothing was yet; asking has it looked at again.</summary>
    LinkSight? Look(int interfaceIndex);

    /// <summary>Whether the kernel refused to hold it when it was last to, as far as is known.</summary>
    bool IsRefused(int interfaceIndex, IpPrefix address);

    /// <summary>What was seen of interfaces, and what was refused, is too old to count.</summary>
    void Forget();

    /// <summary>For the operator.</summary>
    void Report(GuardianEvent guardianEvent);
}

/// <summary>An interface.</summary>
/// <param name="Runs">It exists and carries traffic.</param>
/// <param name="Changes">How often it began or ceased to, where that is known.</param>
public readonly record struct LinkSight(bool Runs, uint? Changes);

/// <summary>What the guardian has done, and to which virtual router if to one.</summary>
public sealed record GuardianEvent(GuardianEventKind Kind, string? Router = null, IpAddress Source = default, TimeSpan Time = default);

/// <summary>What happened.</summary>
public enum GuardianEventKind : byte
{
    /// <summary>The node was late or dead, and the guardian speaks for it. Time: how late the first advertisement was.</summary>
    CoverBegan,

    /// <summary>The node speaks for itself again. Time: how long it was covered.</summary>
    CoverEnded,

    /// <summary>The node's heart did not beat; it was killed. Time: since the last beat.</summary>
    NodeHung,

    /// <summary>The node process ended without being asked to.</summary>
    NodeEnded,

    /// <summary>A node process was started again. Time: it waited for so long.</summary>
    NodeRestarted,

    /// <summary>It could not be started.</summary>
    StartFailed,

    /// <summary>While covering, a better Active was heard: the role is its own. Source: who.</summary>
    Yielded,

    /// <summary>While covering, the link was lost or an advertisement could not be sent: the role was given up.</summary>
    LinkLost,

    /// <summary>While covering, the kernel refused to keep an address: priority 0 was sent and the addresses were removed.</summary>
    AddressRefused,

    /// <summary>Nobody had spoken for the role for too long, so that a peer may have taken it.</summary>
    TooLate,

    /// <summary>The node did not come back in time: priority 0 was sent and the addresses were removed.</summary>
    LastWill,

    /// <summary>
    /// What the node wrote down for a virtual router cannot be read. Router: whose; what was read before is used in its place.
    /// Without a router: it was never read, and nobody can speak for it.
    /// </summary>
    RecordUnreadable,
}
