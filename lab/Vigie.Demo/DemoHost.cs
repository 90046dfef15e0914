using Vigie.Contract;
using Vigie.Core.Net;
using Vigie.Lab;
using Vigie.Lab.Daemons;
using Vigie.Lab.Processes;

namespace Vigie.Demo;

/// <summary>What a viewer sees of one host.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its own address.</param>
/// <param name="Condition">"running", "stopped" or "no power", and in brackets what Vigie says about its role.</param>
/// <param name="HoldsVip">Whether it holds the shared address now.</param>
internal sealed record HostSnapshot(string Name, IpAddress Address, string Condition, bool HoldsVip);

/// <summary>One of the three hosts: its daemon and its service, and what can happen to it.</summary>
internal sealed class DemoHost(LabHost host, VirtualRouterSetup setup)
{
    private static readonly IpAddress[] Vips = [.. new VirtualRouterSetup().Addresses.Select(prefix => prefix.Address)];

    private volatile VigieDaemon? _daemon;
    private volatile bool _hasPower = true;

    internal string Name => host.Name;

    internal LabHost Host => host;

    internal VigieDaemon? Daemon => _daemon;

    internal void StartService()
    {
        var program = Environment.ProcessPath ?? throw new LabException("this program does not know its own path");
        host.Start(program, ["serve", host.Name, .. Vips.Select(vip => vip.ToString())], logFile: "service.log")
            .WaitForLine(line => line == HostService.Ready);
    }

    internal void StartVigie()
    {
        _daemon = VigieDaemon.Start(host, setup);
        _daemon.WaitUntilListening();
    }

    /// <summary>Asks Vigie to leave, as `systemctl stop` does.</summary>
    internal void StopVigie()
    {
        var leaving = _daemon ?? throw new LabException($"Vigie does not run on {Name}");
        _daemon = null;
        leaving.Stop();
    }

    internal void CutPower()
    {
        _daemon = null;
        _hasPower = false;
        host.CutPower();
    }

    internal void RestorePower()
    {
        host.RestorePower();
        _hasPower = true;
        StartService();
    }

    internal void WaitForState(VirtualRouterState state) =>
        (_daemon ?? throw new LabException($"Vigie does not run on {Name}")).WaitForState(setup.Name, state);

    internal HostSnapshot Look()
    {
        if (!_hasPower)
            return new HostSnapshot(Name, host.IPv4, "no power", false);
        return new HostSnapshot(Name, host.IPv4, _daemon is { } daemon ? $"running ({Role(daemon)})" : "Vigie stopped", host.Holds(Vips[0]));
    }

    private string Role(VigieDaemon daemon)
    {
        try
        {
            return daemon.TryRouter(setup.Name)?.State switch
            {
                VirtualRouterState.Active => "owner",
                VirtualRouterState.Backup => "ready to take over",
                VirtualRouterState.Initialize or null => "starting",
                VirtualRouterState.Fault => "fault",
            };
        }
        catch (Exception failure) when (failure is LabException or TaskCanceledException)
        {
            // It is being ended while we ask.
            return "ending";
        }
    }
}
