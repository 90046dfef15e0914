using Vigie.Lab.Daemons;

namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>The state folder and the log lie on a small disk of their own, which fills up.</summary>
internal sealed class DiskFull(FaultDrill drill) : FaultAct(drill)
{
    private const string Script = """
        mount -t tmpfs -o size=512k tmpfs "$1" && folder=$1 && shift && exec "$@" >>"$folder/vigie.log" 2>&1
        """;

    public override VigieDaemon StartAlpha()
    {
        var host = Drill.Scene.Alpha;
        Directory.CreateDirectory(host.StateDirectory);
        return VigieDaemon.StartThrough(host, Drill.Scene.Yaml(host, 150),
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", Script, "sh", host.StateDirectory]);
    }

    public override void Strike()
    {
        Fill();
        // It writes: an event in the log, and whatever it keeps.
        File.WriteAllText(VigieDaemon.ConfigPath(Drill.Scene.Alpha), Drill.Scene.Yaml(Drill.Scene.Alpha, 160));
        var (status, body) = Drill.Alpha.Reload();
        if (status != 200)
            throw new LabException($"a reload with a full disk was answered with {status}: {body}");
        Drill.Alpha.WaitForRouter(Drill.Scene.Setup.Name, "priority 160", router => router.Priority == 160);
        Drill.Hear(5);
    }

    public override void Undo() => File.Delete(FillerPath());

    private void Fill()
    {
        using var file = File.OpenHandle(FillerPath(), FileMode.Create, FileAccess.Write);
        var chunk = new byte[4096];
        try
        {
            for (long at = 0; ; at += chunk.Length)
                RandomAccess.Write(file, chunk, at);
        }
        catch (IOException)
        {
            return; // full
        }
    }

    // The disk is mounted for the daemon alone: it is seen through its eyes.
    private string FillerPath() => $"/proc/{Drill.Alpha.Process.Pid}/root{Drill.Scene.Alpha.StateDirectory}/filler";
}
