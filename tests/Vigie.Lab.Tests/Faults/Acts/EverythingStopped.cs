namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>Nothing of ours runs, until the peer serves and a while longer; the kernel of the host goes on.</summary>
internal sealed class EverythingStopped(FaultDrill drill, bool cutOff) : FaultAct(drill)
{
    public override bool CutsOff => cutOff;

    public override void Strike()
    {
        if (cutOff)
            Drill.Scene.Lan.Faults.Block(Drill.Scene.Alpha.Interface("eth0"));
        Drill.Alpha.Process.Pause();
        Drill.WaitUntilServedBy(Drill.Scene.Beta);
        Drill.Hear(2);
    }

    public override void Undo()
    {
        if (cutOff)
            Drill.Scene.Lan.Faults.Unblock(Drill.Scene.Alpha.Interface("eth0"));
        Drill.Alpha.Process.Resume();
    }
}
