namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>No carrier, seen from either end of the cable.</summary>
internal sealed class LinkDown(FaultDrill drill, bool atTheHost) : FaultAct(drill)
{
    public override bool CutsOff => true;

    public override void Strike()
    {
        if (atTheHost)
            Drill.Scene.Alpha.LinkDown();
        else
            Drill.Scene.Lan.Faults.LinkDown(Drill.Scene.Alpha.Interface("eth0"));
    }

    public override void Undo()
    {
        if (atTheHost)
            Drill.Scene.Alpha.LinkUp();
        else
            Drill.Scene.Lan.Faults.LinkUp(Drill.Scene.Alpha.Interface("eth0"));
    }
}
