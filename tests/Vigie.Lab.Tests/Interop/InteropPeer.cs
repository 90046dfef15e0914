using Vigie.Core.Net;
using Vigie.Lab.Daemons;

namespace Vigie.Lab.Tests.Interop;

/// <summary>Which program Vigie shares a virtual router with.</summary>
public enum PeerKind
{
    Keepalived,
    Frr,
}

/// <summary>
/// The other program, on a host of its own: what a test must be able to ask of either. Both run with real-time priority
/// here, as Vigie does by itself: a peer that is late on a busy machine is no finding about interoperation.
/// </summary>
internal abstract class InteropPeer(LabHost host)
{
    private const int RealTimePriority = 40;

    public LabHost Host { get; } = host;

    public static InteropPeer On(LabHost host, PeerKind kind) => kind switch
    {
        PeerKind.Keepalived => new KeepalivedPeer(host),
        PeerKind.Frr => new FrrPeer(host),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public abstract void Start(VirtualRouterSetup setup);

    /// <summary>Whether it says of itself that it is Active for this family.</summary>
    public abstract bool IsActive(IpFamily family);

    /// <summary>SIGTERM.</summary>
    public abstract void Stop();

    /// <summary>SIGKILL.</summary>
    public abstract void Kill();

    /// <summary>Whether its process is there.</summary>
    public abstract bool Runs { get; }

    /// <summary>SIGHUP: the file is read again.</summary>
    public abstract void Reload();

    /// <summary>Its log, for the message of a failed test.</summary>
    public abstract string Tail();

    private sealed class KeepalivedPeer(LabHost host) : InteropPeer(host)
    {
        private KeepalivedDaemon? _daemon;
        private VirtualRouterSetup? _setup;

        public override void Start(VirtualRouterSetup setup)
        {
            _setup = setup;
            var text = VirtualRouterSetup.ToKeepalived(Host, setup);
            _daemon = KeepalivedDaemon.Start(Host, text.Replace("global_defs {", $"global_defs {{\n  vrrp_rt_priority {RealTimePriority}", StringComparison.Ordinal));
        }

        public override bool IsActive(IpFamily family) => _daemon!.State($"{_setup!.Name}{(int)family}") == "MASTER";

        public override void Stop() => _daemon!.Stop();

        public override void Kill() => _daemon!.Kill();

        public override bool Runs => !_daemon!.Process.Exited;

        public override void Reload() => _daemon!.Process.Signal(Vigie.Lab.Processes.Signals.Hangup);

        public override string Tail() => _daemon?.Process.Tail() ?? "";
    }

    private sealed class FrrPeer(LabHost host) : InteropPeer(host)
    {
        private FrrVrrpDaemon? _daemon;
        private VirtualRouterSetup? _setup;

        public override void Start(VirtualRouterSetup setup)
        {
            _setup = setup;
            _daemon = FrrVrrpDaemon.Start(Host, setup);
            Host.Execute("chrt", "--all-tasks", "--fifo", "--pid", $"{RealTimePriority}", $"{_daemon.Vrrpd.Pid}");
        }

        public override bool IsActive(IpFamily family) => _daemon!.State(_setup!.Vrid, family) == "Master";

        public override void Stop()
        {
            _daemon!.Stop();
            // Started again on the macvlans of before, vrrpd does not find their addresses (docs/interop.md); the next start makes
            // them anew.
            foreach (var family in _setup!.Addresses.Select(prefix => prefix.Family).Distinct())
                Host.Ip($"link del {FrrVrrpDaemon.MacvlanName(_setup, family)}");
        }

        public override void Kill() => _daemon!.Kill();

        public override bool Runs => !_daemon!.Vrrpd.Exited;

        public override void Reload() => _daemon!.Vrrpd.Signal(Vigie.Lab.Processes.Signals.Hangup);

        public override string Tail() => _daemon?.Vrrpd.Tail() ?? "";
    }
}
