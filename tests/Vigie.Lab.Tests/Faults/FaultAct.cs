using Vigie.Lab.Daemons;
using Vigie.Lab.Processes;
using Vigie.Lab.Tests.Faults.Acts;

namespace Vigie.Lab.Tests.Faults;

/// <summary>How a fault is made and ended. The drill judges; an act only waits for what must have happened before it may end.</summary>
internal abstract class FaultAct(FaultDrill drill) : IDisposable
{
    /// <summary>Alpha itself cannot be reached while it lasts, and that is meant.</summary>
    public virtual bool CutsOff => false;

    /// <summary>Nothing of ours is left alive on alpha that could remove the VIP.</summary>
    public virtual bool LeavesStaleAddresses => false;

    protected FaultDrill Drill { get; } = drill;

    public static FaultAct Of(Fault fault, FaultDrill drill) => fault switch
    {
        Fault.Terminated => new Terminated(drill),
        Fault.NodeKilled => new NodeReplaced(drill, Signals.Kill),
        Fault.NodeStopped => new NodeReplaced(drill, Signals.Stop),
        Fault.ControlKilled => new ControlKilled(drill),
        Fault.GuardianKilled => new GuardianKilled(drill),
        Fault.EverythingKilled => new EverythingKilled(drill),
        Fault.PowerCut => new PowerCut(drill),
        Fault.GuardianStopped => new ProcessStopped(drill, DaemonMember.Guardian),
        Fault.ControlStopped => new ProcessStopped(drill, DaemonMember.Control),
        Fault.EverythingStopped => new EverythingStopped(drill, cutOff: false),
        Fault.HostPaused => new EverythingStopped(drill, cutOff: true),
        Fault.LinkDownAtTheHost => new LinkDown(drill, atTheHost: true),
        Fault.LinkDownAtTheSwitch => new LinkDown(drill, atTheHost: false),
        Fault.OneWayLoss => new OneWayLoss(drill),
        Fault.Lossy => new Lossy(drill),
        Fault.Partition => new Partition(drill),
        Fault.AddressesDeleted => new AddressesDeleted(drill),
        Fault.BadReload => new BadReload(drill),
        Fault.NetlinkOverrun => new NetlinkOverrun(drill),
        Fault.DiskFull => new DiskFull(drill),
        Fault.RestartStorm => new RestartStorm(drill),
        Fault.Overload => new Overload(drill),
        Fault.KilledUnderUnit => new KilledUnderUnit(drill),
        Fault.SwitchedOver => new PlannedMove(drill, ["switchover", drill.Scene.Setup.Name], ["failback", drill.Scene.Setup.Name]),
        Fault.Drained => new PlannedMove(drill, ["drain"], ["undrain"]),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
    };

    /// <summary>Starts the daemon that the fault will befall.</summary>
    public virtual VigieDaemon StartAlpha() => Drill.Scene.Start(Drill.Scene.Alpha, 150);

    public abstract void Strike();

    public virtual void Undo()
    {
    }

    public virtual void Dispose()
    {
    }
}
