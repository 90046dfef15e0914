using Vigie.Lab.Processes;

namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>Nobody watches any more: the others leave in order.</summary>
internal sealed class GuardianKilled(FaultDrill drill) : FaultAct(drill)
{
    public override void Strike() => Drill.Alpha.Process.SignalMember(Drill.Alpha.Process.Pid, Signals.Kill);

    public override void Undo()
    {
        // The others leave by themselves, and a new daemon must find the socket free.
        FaultDrill.WaitFor("the node to let go", () => !Drill.Scene.Alpha.Addresses().Any(Drill.Scene.Vips.Contains));
        Drill.Alpha = StartAlpha();
    }
}
