namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>Alpha on one side, its peers and the client on the other.</summary>
internal sealed class Partition(FaultDrill drill) : FaultAct(drill)
{
    public override bool CutsOff => true;

    public override void Strike()
    {
        var scene = Drill.Scene;
        scene.Lan.Faults.Partition([scene.Alpha.Interface("eth0")],
            [scene.Beta.Interface("eth0"), scene.Gamma.Interface("eth0"), scene.Client.Interface("eth0")]);
    }

    public override void Undo() => Drill.Scene.Lan.Faults.UndoAll();
}
