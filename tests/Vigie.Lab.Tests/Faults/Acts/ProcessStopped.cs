using Vigie.Lab.Processes;

namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>Guardian or control stands still for ten intervals, at least: nothing may come of it.</summary>
internal sealed class ProcessStopped(FaultDrill drill, string member) : FaultAct(drill)
{
    public override void Strike()
    {
        Drill.Alpha.Process.SignalMember(DaemonMember.Find(Drill.Alpha, member), Signals.Stop);
        Drill.Hear(Drill.Interval < TimeSpan.FromSeconds(1) ? 50 : 10);
    }

    public override void Undo() => Drill.Alpha.Process.SignalMember(DaemonMember.Find(Drill.Alpha, member), Signals.Continue);
}
