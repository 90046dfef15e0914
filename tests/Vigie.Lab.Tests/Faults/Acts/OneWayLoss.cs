namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>Alpha hears that beta has taken over, and has no way to say that it need not have.</summary>
internal sealed class OneWayLoss(FaultDrill drill) : FaultAct(drill)
{
    public override bool CutsOff => true;

    public override void Strike() => Drill.Scene.Lan.Faults.Block(Drill.Scene.Alpha.Interface("eth0"), Vigie.Lab.Faults.Direction.FromHost);

    public override void Undo() => Drill.Scene.Lan.Faults.Unblock(Drill.Scene.Alpha.Interface("eth0"));
}
