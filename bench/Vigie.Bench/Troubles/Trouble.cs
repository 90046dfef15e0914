using Vigie.Lab;
using Vigie.Lab.Daemons;
using Vigie.Lab.Faults;
using Vigie.Lab.Processes;

namespace Vigie.Bench.Troubles;

/// <summary>
/// Something that befalls the owner and ends again: the rows of the fault matrix that another program can be put through, too.
/// </summary>
/// <param name="Name">As in the table.</param>
/// <param name="Strike">Begins it.</param>
/// <param name="Undo">Ends it.</param>
/// <param name="Moves">The other host takes the VIP over before it ends, whichever program runs.</param>
internal sealed record Trouble(string Name, Action<TroubleScene> Strike, Action<TroubleScene> Undo, bool Moves)
{
    private const int LossPercent = 30;

    public static readonly IReadOnlyList<Trouble> All =
    [
        new("stopped, started again", scene => scene.Owner.Process.Stop(Signals.Terminate, TimeSpan.FromSeconds(30)), scene => scene.StartAgain(), true),
        new("worker killed", scene => scene.SignalWorker(Signals.Kill), _ => { }, false),
        new("worker frozen", scene => scene.SignalWorker(Signals.Stop), scene => scene.ContinueWorker(), false),
        new("everything killed, started again", scene => scene.Owner.Process.Kill(), scene => scene.StartAgain(), true),
        new("host paused", PauseHost, ResumeHost, true),
        new("nobody hears the owner", scene => scene.Lan.Faults.Block(scene.Port, Direction.FromHost), scene => scene.Lan.Faults.Unblock(scene.Port), true),
        new("30 % of frames lost", scene => scene.Lan.Faults.Lose(scene.Port, LossPercent), scene => scene.Lan.Faults.Unblock(scene.Port), false),
        new("partition", scene => scene.Lan.Faults.Partition([scene.Port], scene.OtherPorts), scene => scene.Lan.Faults.UndoAll(), true),
        new("addresses deleted by hand", DeleteAddresses, _ => { }, false),
        new("broken configuration reloaded", BreakConfiguration, scene => scene.RepairConfiguration(), false),
        new("both cores busy", scene => scene.Load(), scene => scene.EndLoad(), false),
    ];

    private static void PauseHost(TroubleScene scene)
    {
        scene.Lan.Faults.Block(scene.Port);
        scene.Owner.Process.Pause();
    }

    private static void ResumeHost(TroubleScene scene)
    {
        scene.Lan.Faults.Unblock(scene.Port);
        scene.Owner.Process.Resume();
    }

    private static void DeleteAddresses(TroubleScene scene)
    {
        foreach (var address in scene.Router.Addresses)
            scene.Alpha.DeleteAddress(address);
    }

    private static void BreakConfiguration(TroubleScene scene)
    {
        var path = scene.ConfigurationPath;
        File.WriteAllText(path, File.ReadAllText(path).Replace("priority", "pirority", StringComparison.Ordinal));
        scene.Owner.Process.Signal(Signals.Hangup);
    }
}
