using Vigie.Lab;
using Vigie.Lab.Daemons;
using Vigie.Lab.Processes;
using Vigie.Lab.Probes;
using Vigie.Lab.Topologies;

namespace Vigie.Bench.Troubles;

//   alpha (150)         beta (100)          client
//     | eth0              | eth0              | eth0: asks
//   ==+===================+===================+==  lan

/// <summary>Two hosts with one of the programs, and a client; and what a trouble needs to know of them.</summary>
internal sealed class TroubleScene : IDisposable
{
    private const string MostSecondsOfLoad = "60"; // ends by itself, whatever becomes of us

    private readonly TwoHostsAndClient _lab = new();
    private readonly Contestant _contestant;
    private readonly List<LabProcess> _busy = [];
    private int? _worker;

    public TroubleScene(Contestant contestant, TimeSpan interval)
    {
        _contestant = contestant;
        Router = new VirtualRouterSetup { Interval = interval, Priority = 150 };
        foreach (var host in _lab.Competitors)
            _lab.Run.Own(UdpEcho.Start(host, TwoHostsAndClient.Vip4.Address, TwoHostsAndClient.Vip6.Address));
        Owner = contestant.Start(Alpha, Router);
        contestant.Start(_lab.Beta, Router with { Priority = 100 });
    }

    public VirtualRouterSetup Router { get; }

    public LabHost Alpha => _lab.Alpha;

    public LabHost Client => _lab.Client;

    public Segment Lan => _lab.Lan;

    public HostInterface Port => Alpha.Interface("eth0");

    public IEnumerable<HostInterface> OtherPorts => [_lab.Beta.Interface("eth0"), _lab.Client.Interface("eth0")];

    /// <summary>The program on alpha; another one after it was started again.</summary>
    public Contestant.Running Owner { get; private set; }

    public string ConfigurationPath => Owner.Daemon is null ? Path.Combine(Alpha.Directory, "keepalived.conf") : VigieDaemon.ConfigPath(Alpha);

    public void StartAgain() => Owner = _contestant.Start(Alpha, Router);

    /// <summary>The process that does the elections: Vigie's node, keepalived's VRRP child.</summary>
    public void SignalWorker(int signal)
    {
        _worker = Owner.Process.Tree().Skip(1).First(pid => Owner.Daemon is null || CommandLine(pid).Contains("internal-node", StringComparison.Ordinal));
        Owner.Process.SignalMember(_worker.Value, signal);
    }

    /// <summary>Lets it go on, unless it has been replaced meanwhile.</summary>
    public void ContinueWorker()
    {
        if (_worker is { } worker && Owner.Process.Tree().Contains(worker))
            Owner.Process.SignalMember(worker, Signals.Continue);
    }

    /// <summary>The configuration that worked; a program that has ended over the other one is started again.</summary>
    public void RepairConfiguration()
    {
        if (Owner.Process.Exited)
        {
            StartAgain();
            return;
        }

        File.WriteAllText(ConfigurationPath, File.ReadAllText(ConfigurationPath).Replace("pirority", "priority", StringComparison.Ordinal));
        Owner.Process.Signal(Signals.Hangup);
    }

    /// <summary>Busy processes, two for each core, at normal priority.</summary>
    public void Load()
    {
        for (var i = 0; i < 2 * Environment.ProcessorCount; i++)
            _busy.Add(Client.Start("timeout", [MostSecondsOfLoad, "sh", "-c", "while :; do :; done"]));
    }

    public void EndLoad()
    {
        foreach (var process in _busy)
            process.Kill();
        _busy.Clear();
    }

    public void Dispose()
    {
        EndLoad();
        _lab.Dispose();
    }

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return ""; // it has just ended
        }
    }
}
