using Vigie.Lab.Faults;

namespace Vigie.Lab;

/// <summary>
/// One Ethernet segment: a bridge named br0 in a "switch" namespace of its own. Each host interface on it is a port
/// named after the host ("alpha-0"). The bridge forwards at once (no spanning tree) and floods multicast as a simple
/// switch does; nothing of it appears in the machine's own namespace.
/// </summary>
public sealed class Segment : IDisposable
{
    internal const string Bridge = "br0";

    private readonly NamespaceThread _thread;
    private readonly List<HostInterface> _ports = [];

    internal Segment(LabRun run, string name)
    {
        Name = name;
        Faults = new PortFaults(this);
        Namespace = $"{run.Name}-{name}";
        Command.Run("ip", ["netns", "add", Namespace]);
        _thread = new NamespaceThread(Namespace);
        Ip($"link add {Bridge} type bridge stp_state 0 forward_delay 0 mcast_snooping 0", $"link set {Bridge} up");
    }

    public string Name { get; }

    /// <summary>The name of the switch's namespace.</summary>
    public string Namespace { get; }

    /// <summary>The host interfaces that are plugged in.</summary>
    public IReadOnlyList<HostInterface> Ports => _ports;

    /// <summary>What can be broken on this segment.</summary>
    public PortFaults Faults { get; }

    internal NamespaceThread Thread => _thread;

    /// <summary>Runs iproute2 commands, without the leading "ip", one after the other in the switch's namespace.</summary>
    public void Ip(params string[] commands) => _thread.Run(() => { Command.Run("ip", ["-batch", "-"], string.Join('\n', commands) + "\n"); });

    /// <summary>Runs an nftables script in the switch's namespace.</summary>
    internal void Nft(string script) => _thread.Run(() => { Command.Run("nft", ["-f", "-"], script); });

    internal void Plug(HostInterface port, string hostNamespace)
    {
        // The pair is born in the switch's namespace with one end already in the host's.
        Ip($"link add {port.SwitchPort} type veth peer name {port.Name} address {port.Mac} netns {hostNamespace}",
            $"link set {port.SwitchPort} master {Bridge} up");
        _ports.Add(port);
    }

    internal void Unplug(HostInterface port)
    {
        Ip($"link del {port.SwitchPort}");
        _ports.Remove(port);
    }

    /// <summary>Ends the lab's thread in the switch; the namespace itself goes with the run.</summary>
    public void Dispose() => _thread.Dispose();
}
