using System.Globalization;
using System.Text.Json;
using Vigie.Core.Net;
using Vigie.Lab.Processes;

namespace Vigie.Lab.Daemons;

/// <summary>
/// FRR's zebra and vrrpd on a host of the lab, with sockets of their own. FRR keeps each VIP on a macvlan with the
/// virtual MAC, which the operator has to make beforehand: this does so. Its addresses stay there in both roles; who is
/// Active is asked through vtysh.
/// </summary>
public sealed class FrrVrrpDaemon
{
    private const string BinaryDirectory = "/usr/lib/frr";

    private FrrVrrpDaemon(LabHost host, LabProcess zebra, LabProcess vrrpd)
    {
        Host = host;
        Zebra = zebra;
        Vrrpd = vrrpd;
    }

    public LabHost Host { get; }

    public LabProcess Zebra { get; }

    public LabProcess Vrrpd { get; }

    public static FrrVrrpDaemon Start(LabHost host, params VirtualRouterSetup[] routers)
    {
        foreach (var router in routers)
        foreach (var family in router.Families())
            AddMacvlan(host, router, family);

        // FRR gives up root for a user of its own, who must be able to make sockets and pid files here.
        var directory = SocketDirectory(host);
        // The sockets of an earlier run would be taken for those of this one.
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
        host.Execute("install", "-d", "-o", "frr", "-g", "frr", directory);
        var zebraConfig = WriteConfig(directory, "zebra.conf", "");
        var vrrpConfig = WriteConfig(directory, "vrrpd.conf", VirtualRouterSetup.ToFrr(routers));

        var zebra = host.Start($"{BinaryDirectory}/zebra", Arguments(directory, "zebra", zebraConfig), logFile: "zebra.log");
        Condition.WaitFor($"zebra's sockets on {host.Name}", () => IsUp(zebra) && File.Exists(ZebraSocket(directory)) && File.Exists(Path.Combine(directory, "zebra.vty")),
            explain: () => zebra.Tail());
        var vrrpd = host.Start($"{BinaryDirectory}/vrrpd", Arguments(directory, "vrrpd", vrrpConfig), logFile: "vrrpd.log");
        Condition.WaitFor($"vrrpd's socket on {host.Name}", () => IsUp(vrrpd) && File.Exists(Path.Combine(directory, "vrrpd.vty")), explain: () => vrrpd.Tail());
        return new FrrVrrpDaemon(host, zebra, vrrpd);
    }

    /// <summary>The macvlan that carries a virtual router's addresses of one family.</summary>
    public static string MacvlanName(VirtualRouterSetup router, IpFamily family) => $"vrrp{(int)family}-{router.Vrid}";

    /// <summary>Runs a vtysh command and returns what it printed.</summary>
    public string Vtysh(string command) => Host.Execute("vtysh", "--vty_socket", SocketDirectory(Host), "-c", command);

    /// <summary>The role of one family: "Master", "Backup" or "Initialize"; null when vrrpd does not have the virtual router.</summary>
    public string? State(byte vrid, IpFamily family)
    {
        using var document = JsonDocument.Parse(Vtysh($"show vrrp {vrid} json"));
        if (document.RootElement.ValueKind != JsonValueKind.Array)
            return null;
        foreach (var router in document.RootElement.EnumerateArray())
        {
            if (router.GetProperty("vrid").GetInt32() == vrid && router.TryGetProperty(family == IpFamily.IPv4 ? "v4" : "v6", out var side))
                return side.GetProperty("status").GetString();
        }

        return null;
    }

    public TimeSpan WaitForState(byte vrid, IpFamily family, string state, TimeSpan? deadline = null)
    {
        string? last = null;
        return Condition.WaitFor($"vrid {vrid} {family} to be {state} on {Host.Name}", () => (last = State(vrid, family)) == state, deadline,
            TimeSpan.FromMilliseconds(20), () => $"it is {last}\n{Vrrpd.Tail()}\n{Vtysh("show vrrp")}");
    }

    /// <summary>SIGTERM to vrrpd, then to zebra.</summary>
    public void Stop()
    {
        Vrrpd.Stop();
        Zebra.Stop();
    }

    /// <summary>Ends both at once.</summary>
    public void Kill()
    {
        Vrrpd.Kill();
        Zebra.Kill();
    }

    private static void AddMacvlan(LabHost host, VirtualRouterSetup router, IpFamily family)
    {
        var name = MacvlanName(router, family);
        var mac = MacAddress.ForVirtualRouter(family, router.Vrid);
        host.Ip([$"link add {name} link {router.Interface} type macvlan mode bridge",
            $"link set {name} address {mac}",
            // The MAC is the same on every host; link-local addresses made from it would be too.
            $"link set {name} addrgenmode random",
            .. router.Addresses.Where(prefix => prefix.Family == family).Select(prefix => $"addr add {prefix} dev {name}{(family == IpFamily.IPv6 ? " nodad" : "")}"),
            $"link set {name} up"]);
        // The VIP stays on the macvlan while another host is Active; without these the host would answer ARP for it.
        host.WriteSysctl($"net/ipv4/conf/{router.Interface}/arp_ignore", "1");
        host.WriteSysctl($"net/ipv4/conf/{name}/arp_ignore", "1");
        host.WriteSysctl($"net/ipv4/conf/{router.Interface}/ignore_routes_with_linkdown", "1");
        host.WriteSysctl($"net/ipv4/conf/{name}/ignore_routes_with_linkdown", "1");
    }

    private static string[] Arguments(string directory, string name, string config) =>
    [
        "-f", config, "-i", Path.Combine(directory, name + ".pid"), "-z", ZebraSocket(directory), "--vty_socket", directory,
        "-P", "0", "--log", "stdout", "--log-level", "informational",
    ];

    private static string WriteConfig(string directory, string name, string text)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static bool IsUp(LabProcess process) => !process.Exited
        ? true
        : throw new LabException(string.Create(CultureInfo.InvariantCulture, $"{process.Description} ended with {process.ExitCode}:\n{process.Tail()}"));

    private static string SocketDirectory(LabHost host) => Path.Combine(host.Directory, "frr");

    private static string ZebraSocket(string directory) => Path.Combine(directory, "zserv.api");
}
