using Vigie.Lab;
using Vigie.Lab.Processes;

namespace Vigie.Bench.Failover;

/// <summary>Something that happens to the owner: given its segment, its host and its program.</summary>
internal sealed record Fault(string Name, Action<Segment, LabHost, Contestant.Running> Inject)
{
    public static readonly Fault Terminate = new("SIGTERM", (_, _, owner) => owner.Process.Signal(Signals.Terminate));

    /// <summary>As when the power goes: nothing gets out any more, and then nothing runs any more.</summary>
    public static readonly Fault PowerCut = new("power cut", (lan, host, owner) =>
    {
        lan.Faults.Block(host.Interface("eth0"));
        owner.Process.SignalTree(Signals.Kill);
    });

    public static readonly Fault LinkDown = new("link down", (_, host, _) => host.LinkDown());

    public static IReadOnlyList<Fault> All => [Terminate, PowerCut, LinkDown];
}
