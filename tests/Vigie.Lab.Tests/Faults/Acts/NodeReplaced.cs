namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>The node is killed or hangs: another one takes its work up.</summary>
internal sealed class NodeReplaced(FaultDrill drill, int signal) : FaultAct(drill)
{
    public override void Strike()
    {
        var node = DaemonMember.Find(Drill.Alpha, DaemonMember.Node);
        Drill.Alpha.Process.SignalMember(node, signal);
        FaultDrill.WaitFor("another node", () => DaemonMember.TryFind(Drill.Alpha, DaemonMember.Node) is { } now && now != node, Drill.Alpha.Process.Tail);
        FaultDrill.WaitFor("it to serve", () => Drill.Alpha.TryStatus()?.Guardian is { NodeRestarts: > 0, Covering: false });
        Drill.Hear(2);
    }
}
