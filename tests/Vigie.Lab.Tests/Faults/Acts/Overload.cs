using Vigie.Contract;
using Vigie.Lab.Processes;

namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>Busy processes, two for each core, at normal priority.</summary>
internal sealed class Overload(FaultDrill drill) : FaultAct(drill)
{
    private const string Seconds = "60"; // ends by itself even if nobody ends it

    private readonly List<LabProcess> _busy = [];

    public override void Strike()
    {
        for (var i = 0; i < 2 * Environment.ProcessorCount; i++)
            _busy.Add(Drill.Scene.Gamma.Start("timeout", [Seconds, "sh", "-c", "while :; do :; done"]));
        Drill.Hear(Drill.Interval < TimeSpan.FromSeconds(1) ? 30 : 5);
        FaultDrill.WaitFor("the daemon to answer under load", () => Drill.Alpha.TryStatus() is { } status
            && status.VirtualRouters[0].State == VirtualRouterState.Active);
    }

    public override void Undo()
    {
        foreach (var process in _busy)
            process.Kill();
        _busy.Clear();
    }

    public override void Dispose()
    {
        Undo();
        base.Dispose();
    }
}
