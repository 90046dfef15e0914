using Vigie.Lab.Daemons;

namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>A configuration with a mistake is refused, and nothing else happens.</summary>
internal sealed class BadReload(FaultDrill drill) : FaultAct(drill)
{
    public override void Strike()
    {
        File.WriteAllText(VigieDaemon.ConfigPath(Drill.Scene.Alpha), Drill.Scene.Yaml(Drill.Scene.Alpha, 150).Replace("vrid", "vird", StringComparison.Ordinal));
        var (status, body) = Drill.Alpha.Reload();
        if (status is >= 200 and < 300 || !body.Contains("vird", StringComparison.Ordinal))
            throw new LabException($"a broken configuration was answered with {status}: {body}");
        Drill.Hear(3);
    }
}
