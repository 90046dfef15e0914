using Vigie.Lab.Processes;

namespace Vigie.Lab.Probes;

/// <summary>Records what an interface of a host sends and receives into a pcap file.</summary>
public sealed class Tcpdump
{
    private readonly LabProcess _process;

    private Tcpdump(LabProcess process, string path)
    {
        _process = process;
        Path = path;
    }

    /// <summary>The pcap file; complete after <see cref="Stop"/>.</summary>
    public string Path { get; }

    /// <summary>Returns when it is really recording.</summary>
    /// <param name="host">Where to listen.</param>
    /// <param name="interfaceName">On which interface.</param>
    /// <param name="filter">A pcap filter; default everything that concerns a VIP: VRRP, ARP, neighbour discovery.</param>
    public static Tcpdump Start(LabHost host, string interfaceName = "eth0", string filter = "proto 112 or ip6 proto 112 or arp or icmp6")
    {
        var path = System.IO.Path.Combine(host.Directory, $"{interfaceName}-{Guid.NewGuid():N}.pcap");
        // -Z root: as another user it could not write into the host's folder.
        var process = host.Start("tcpdump", ["-i", interfaceName, "-n", "-U", "--immediate-mode", "-s", "0", "-Z", "root", "-w", path, filter]);
        process.WaitForLine(line => line.Contains("listening on", StringComparison.Ordinal));
        return new Tcpdump(process, path);
    }

    /// <summary>Ends the recording and returns the file's path.</summary>
    public string Stop()
    {
        _process.Stop(Signals.Interrupt);
        return Path;
    }
}
