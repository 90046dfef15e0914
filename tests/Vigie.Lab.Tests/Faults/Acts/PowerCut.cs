namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>The host is gone with all that it held.</summary>
internal sealed class PowerCut(FaultDrill drill) : FaultAct(drill)
{
    public override bool CutsOff => true;

    public override void Strike() => Drill.Scene.Alpha.CutPower();

    public override void Undo()
    {
        Drill.Scene.Alpha.RestorePower();
        Drill.Alpha = StartAlpha();
    }
}
