namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>Three losses in a row cost the role, and at this rate they come; what counts is where it ends.</summary>
internal sealed class Lossy(FaultDrill drill) : FaultAct(drill)
{
    private const int Percent = 30;

    public override bool CutsOff => true;

    public override void Strike()
    {
        Drill.Scene.Lan.Faults.Lose(Drill.Scene.Alpha.Interface("eth0"), Percent);
        Drill.Hear(Drill.Interval < TimeSpan.FromSeconds(1) ? 50 : 7);
    }

    public override void Undo() => Drill.Scene.Lan.Faults.Unblock(Drill.Scene.Alpha.Interface("eth0"));
}
