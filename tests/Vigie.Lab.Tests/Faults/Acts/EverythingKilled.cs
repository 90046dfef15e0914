namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>Nobody is left to resign, or to remove anything.</summary>
internal sealed class EverythingKilled(FaultDrill drill) : FaultAct(drill)
{
    public override bool LeavesStaleAddresses => true;

    public override void Strike() => Drill.Alpha.Kill();

    public override void Undo() => Drill.Alpha = StartAlpha();
}
