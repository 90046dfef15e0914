namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>A planned stop, and a new start.</summary>
internal sealed class Terminated(FaultDrill drill) : FaultAct(drill)
{
    public override void Strike() => Drill.Alpha.Stop(TimeSpan.FromSeconds(30));

    public override void Undo() => Drill.Alpha = StartAlpha();
}
