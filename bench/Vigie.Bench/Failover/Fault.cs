using Vigie.Lab.Processes;
using Vigie.Lab;
using Vigie.Lab.Topologies;

namespace Vigie.Bench.Failover;

/// <summary>Something that happens to the owner, and what ends it.</summary>
internal sealed record Fault(string Name, Action<TwoHostsAndClient, Contestant.Running> Inject)
{
    public static readonly Fault Terminate = new("SIGTERM", (_, owner) => owner.Process.Signal(Signals.Terminate));

    /// <summary>As when the power goes: nothing gets out any more, and then nothing runs any more.</summary>
    public static readonly Fault PowerCut = new("power cut", (lab, owner) =>
    {
        lab.Lan.Faults.Block(lab.Alpha.Interface("eth0"));
        owner.Process.SignalTree(Signals.Kill);
    });

    public static readonly Fault LinkDown = new("link down", (lab, _) => lab.Alpha.LinkDown());

    public static IReadOnlyList<Fault> All => [Terminate, PowerCut, LinkDown];
}
