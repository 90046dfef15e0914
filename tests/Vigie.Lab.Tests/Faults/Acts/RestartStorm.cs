namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>Three times, without waiting for any role: each stop may come in the middle of a takeover.</summary>
internal sealed class RestartStorm(FaultDrill drill) : FaultAct(drill)
{
    private const int Restarts = 3;

    public override void Strike()
    {
        for (var i = 0; i < Restarts; i++)
        {
            Drill.Alpha.Stop(TimeSpan.FromSeconds(30));
            if (i == Restarts - 1)
                return;
            Drill.Alpha = StartAlpha();
            Drill.Alpha.WaitUntilListening();
        }
    }

    public override void Undo() => Drill.Alpha = StartAlpha();
}
