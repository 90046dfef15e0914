using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;

namespace Vigie.Demo;

/// <summary>How to look around in a cluster that was left running: commands with the real names, ready to be pasted.</summary>
internal static class KeptHints
{
    internal static void Print(DemoCluster cluster)
    {
        var vigie = VigieDaemon.FindExecutable();
        var alpha = cluster.Alpha.Host;
        var daemon = cluster.Alpha.Daemon!.Process.Pid;
        Console.WriteLine($"""

            The three hosts and the client keep running. To look around (as root):

              who owns the VIP, as each host sees it
            {string.Join('\n', cluster.Hosts.Select(host => $"    {vigie} status --socket {host.Host.SocketPath}"))}
              what happened on alpha
                {vigie} events --socket {alpha.SocketPath}
              the addresses of alpha
                ip netns exec {alpha.Namespace} ip addr show eth0
              ask the service as a client does
                ip netns exec {cluster.Client.Namespace} bash -c 'head -n 1 < /dev/tcp/{DemoCluster.Vip4}/{TcpNameService.DefaultPort}'
              watch the advertisements and announcements
                ip netns exec {cluster.Client.Namespace} tcpdump -n -i eth0 vrrp or arp
              stop Vigie on alpha, and start it again
                kill {daemon}
                ip netns exec {alpha.Namespace} {vigie} run --config {VigieDaemon.ConfigPath(alpha)} --socket {alpha.SocketPath} --state-dir {alpha.StateDirectory}

            To end it all: ./demo.sh --clean
            """);
    }
}
