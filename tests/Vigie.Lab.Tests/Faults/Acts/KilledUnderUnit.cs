using Vigie.Contract;
using Vigie.Lab.Daemons;

namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>Everything is killed, `vigie release` cleans up, and the supervisor starts the daemon again.</summary>
internal sealed class KilledUnderUnit(FaultDrill drill) : FaultAct(drill)
{
    private VigieUnit? _unit;

    public override VigieDaemon StartAlpha()
    {
        var scene = Drill.Scene;
        _unit = VigieUnit.Start(scene.Alpha, scene.Yaml(scene.Alpha, 150), new VigieUnitOptions { RestartDelay = TimeSpan.FromSeconds(2) });
        return _unit.Daemon;
    }

    public override void Strike()
    {
        _unit!.Daemon.Kill();
        var release = _unit.WaitForRelease();
        if (release.ExitCode != ExitCode.Ok)
            throw new LabException($"vigie release ended with {release.ExitCode}: {release.Output}");
    }

    public override void Undo()
    {
        _unit!.WaitUntilReady(times: 2);
        Drill.Alpha = _unit.Daemon;
    }

    public override void Dispose()
    {
        _unit?.Dispose();
        base.Dispose();
    }
}
