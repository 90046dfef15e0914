using Vigie.Lab.Processes;
using Vigie.Contract;
using Vigie.Core.Net;
using Vigie.Lab;
using Vigie.Lab.Daemons;

namespace Vigie.Bench;

/// <summary>One of the programs compared, started on a lab host with the same virtual routers as the other.</summary>
internal sealed class Contestant
{
    public static readonly Contestant Vigie = new("vigie", (host, routers) =>
    {
        var daemon = VigieDaemon.Start(host, routers);
        return new Running(daemon.Process, () => daemon.Stop());
    });

    public static readonly Contestant Keepalived = new("keepalived", (host, routers) =>
    {
        var daemon = KeepalivedDaemon.Start(host, routers);
        return new Running(daemon.Process, () => daemon.Stop());
    });

    private readonly Func<LabHost, IEnumerable<VirtualRouterSetup>, Running> _start;

    private Contestant(string name, Func<LabHost, IEnumerable<VirtualRouterSetup>, Running> start)
    {
        Name = name;
        _start = start;
    }

    /// <summary>In the order in which they take turns.</summary>
    public static IReadOnlyList<Contestant> Both => [Vigie, Keepalived];

    public string Name { get; }

    public Running Start(LabHost host, params IEnumerable<VirtualRouterSetup> routers) => _start(host, routers);

    public override string ToString() => Name;

    /// <summary>A started program: its processes, and how it is stopped as an operator stops it.</summary>
    internal sealed record Running(LabProcess Process, Action Stop);
}
