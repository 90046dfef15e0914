using Vigie.Lab.Processes;

namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>Nobody to answer questions for a moment; no role changes.</summary>
internal sealed class ControlKilled(FaultDrill drill) : FaultAct(drill)
{
    public override void Strike()
    {
        var control = DaemonMember.Find(Drill.Alpha, DaemonMember.Control);
        Drill.Alpha.Process.SignalMember(control, Signals.Kill);
        FaultDrill.WaitFor("another control process", () => DaemonMember.TryFind(Drill.Alpha, DaemonMember.Control) is { } now && now != control);
        FaultDrill.WaitFor("it to answer", () => Drill.Alpha.TryStatus() is not null);
        Drill.Hear(2);
    }
}
