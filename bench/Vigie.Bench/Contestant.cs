using Vigie.Lab;
using Vigie.Lab.Daemons;
using Vigie.Lab.Processes;

namespace Vigie.Bench;

/// <summary>
/// One of the programs compared, started on a lab host with the same virtual routers as the other, the same real-time
/// priority and locked memory.
/// </summary>
internal sealed class Contestant
{
    /// <summary>
    /// What Vigie does for itself: keepalived does it when told to. Its own limit for the time without a rest is 10 ms,
    /// which it would exceed with a thousand addresses.
    /// </summary>
    private static readonly string[] SameTreatment = ["vrrp_rt_priority 40", "vrrp_rlimit_rttime 2000000", "vrrp_no_swap"];

    public static readonly Contestant Vigie = new("Vigie", StartVigie("json"));

    /// <summary>With the log for people instead of the one for programs.</summary>
    public static readonly Contestant VigieHumanLog = new("Vigie, human log", StartVigie("human"));

    public static readonly Contestant Keepalived = new("keepalived", StartKeepalived(detailedLog: false));

    /// <summary>It says every address that it adds and announces, as Vigie says every event.</summary>
    public static readonly Contestant KeepalivedDetailedLog = new("keepalived -D", StartKeepalived(detailedLog: true));

    private readonly Func<LabHost, IEnumerable<VirtualRouterSetup>, Running> _start;

    private Contestant(string name, Func<LabHost, IEnumerable<VirtualRouterSetup>, Running> start)
    {
        Name = name;
        _start = start;
    }

    public static IReadOnlyList<Contestant> Both => [Vigie, Keepalived];

    public string Name { get; }

    /// <summary>Both, taking turns at going first.</summary>
    public static IEnumerable<Contestant> InTurns(int repetition) => repetition % 2 == 0 ? Both : Both.Reverse();

    public Running Start(LabHost host, params IEnumerable<VirtualRouterSetup> routers) => _start(host, routers);

    public override string ToString() => Name;

    private static Func<LabHost, IEnumerable<VirtualRouterSetup>, Running> StartVigie(string logFormat) => (host, routers) =>
    {
        var daemon = VigieDaemon.Start(host, VirtualRouterSetup.ToVigie(host.Name, routers), "--log-format", logFormat);
        return new Running(daemon.Process, daemon);
    };

    private static Func<LabHost, IEnumerable<VirtualRouterSetup>, Running> StartKeepalived(bool detailedLog) => (host, routers) =>
        new Running(KeepalivedDaemon.Start(host, VirtualRouterSetup.ToKeepalived(host, SameTreatment, routers), detailedLog).Process, null);

    /// <summary>A started program; the second member is Vigie's own answers, null of another program.</summary>
    internal sealed record Running(LabProcess Process, VigieDaemon? Daemon);
}
