using Vigie.Contract;
using Vigie.Lab.Daemons;

namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>An operator moves the VIP away by one verb, and back by another.</summary>
internal sealed class PlannedMove(FaultDrill drill, string[] away, string[] back) : FaultAct(drill)
{
    public override void Strike() => Say(away);

    public override void Undo() => Say(back);

    private void Say(string[] words)
    {
        var (exitCode, output, errors) = Drill.Scene.Alpha.TryExecute(VigieDaemon.FindExecutable(), [.. words, "--socket", Drill.Scene.Alpha.SocketPath]);
        if (exitCode != ExitCode.Ok)
            throw new LabException($"vigie {string.Join(' ', words)} ended with {exitCode}: {output}{errors}");
    }
}
