using Vigie.Core.Net;
using Vigie.Lab.Processes;

namespace Vigie.Lab.Daemons;

/// <summary>
/// Debian's keepalived on a host of the lab, VRRP only and in the foreground, with pid files and dumps of its own. It is
/// the peer that Vigie must live with and is measured against.
/// </summary>
public sealed class KeepalivedDaemon
{
    private KeepalivedDaemon(LabHost host, LabProcess process)
    {
        Host = host;
        Process = process;
    }

    public LabHost Host { get; }

    public LabProcess Process { get; }

    /// <param name="host">Where it runs.</param>
    /// <param name="configuration">The whole text of keepalived.conf.</param>
    /// <param name="detailedLog">Adds -D, as distributions do; it slows keepalived down.</param>
    public static KeepalivedDaemon Start(LabHost host, string configuration, bool detailedLog = false)
    {
        var configPath = Path.Combine(host.Directory, "keepalived.conf");
        File.WriteAllText(configPath, configuration);
        string[] arguments =
        [
            "-n", "-l", "-G", "-P", "-f", configPath,
            "-p", PidFile(host, "keepalived"), "-r", PidFile(host, "vrrp"), "-c", PidFile(host, "checkers"), "-b", PidFile(host, "bfd"),
            .. detailedLog ? new[] { "-D" } : [],
        ];
        // Its dumps would otherwise lie in /tmp for all hosts together.
        var environment = new Dictionary<string, string> { ["TMPDIR"] = host.Directory };
        return new KeepalivedDaemon(host, host.Start("keepalived", arguments, environment, "keepalived.log"));
    }

    public static KeepalivedDaemon Start(LabHost host, params IEnumerable<VirtualRouterSetup> routers) =>
        Start(host, VirtualRouterSetup.ToKeepalived(host, routers));

    /// <summary>What it last said about an instance ("MASTER", "BACKUP", "FAULT"); null before it said anything.</summary>
    public string? State(string instance)
    {
        var mark = $"({instance}) Entering ";
        var line = Process.Lines.LastOrDefault(line => line.Contains(mark, StringComparison.Ordinal));
        return line?[(line.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..].Split(' ')[0];
    }

    public TimeSpan WaitForState(string instance, string state, TimeSpan? deadline = null) => Condition.WaitFor(
        $"{instance} to be {state} on {Host.Name}", () => Running() && State(instance) == state, deadline, explain: () => Process.Tail());

    /// <summary>Waits until its host holds the address; the surest sign that it has taken the role and acted on it.</summary>
    public TimeSpan WaitUntilHolding(IpAddress address, TimeSpan? deadline = null) => Condition.WaitFor(
        $"{Host.Name} to hold {address}", () => Running() && Host.Holds(address), deadline, explain: () => Process.Tail());

    /// <summary>Its own dump of everything it knows (SIGUSR1), as text.</summary>
    public string Dump()
    {
        var path = Path.Combine(Host.Directory, "keepalived.data");
        File.Delete(path);
        Process.Signal(Signals.User1);
        var text = "";
        Condition.WaitFor($"keepalived's dump on {Host.Name}", () => File.Exists(path) && (text = File.ReadAllText(path)).Contains("VRRP Topology", StringComparison.Ordinal),
            explain: () => Process.Tail());
        return text;
    }

    /// <summary>SIGTERM: it sends priority 0 and removes the addresses.</summary>
    public int Stop(TimeSpan? deadline = null) => Process.Stop(Signals.Terminate, deadline);

    /// <summary>Ends parent and children at once; the addresses stay.</summary>
    public void Kill() => Process.Kill();

    private bool Running() => !Process.Exited ? true : throw new LabException($"{Process.Description} ended with {Process.ExitCode}:\n{Process.Tail()}");

    private static string PidFile(LabHost host, string name) => Path.Combine(host.Directory, name + ".pid");
}
