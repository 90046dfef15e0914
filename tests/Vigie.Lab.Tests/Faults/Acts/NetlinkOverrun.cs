using Vigie.Lab.Processes;

namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>The node looks away for a moment while a thousand addresses come and go: its events are lost, and it must read everything anew.</summary>
internal sealed class NetlinkOverrun(FaultDrill drill) : FaultAct(drill)
{
    private const int Addresses = 1000;

    public override void Strike()
    {
        var alpha = Drill.Scene.Alpha;
        var node = DaemonMember.Find(Drill.Alpha, DaemonMember.Node);
        Drill.Alpha.Process.SignalMember(node, Signals.Stop);
        try
        {
            alpha.Ip([.. Enumerable.Range(0, Addresses).Select(i => $"addr add 10.200.{i / 250}.{i % 250 + 1}/32 dev lo")]);
        }
        finally
        {
            Drill.Alpha.Process.SignalMember(node, Signals.Continue);
        }

        alpha.Ip("addr flush dev lo to 10.200.0.0/16");
        Drill.Hear(3);
        // What happens after the loss is seen again: the proof that it has read everything anew.
        foreach (var address in Drill.Scene.Setup.Addresses)
            alpha.DeleteAddress(address);
        FaultDrill.WaitFor("alpha to hold its VIPs again", () => Drill.Scene.Vips.All(alpha.Holds));
    }
}
