using System.Collections.Immutable;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;
using Vigie.Lab.Topologies;
using Xunit;

namespace Vigie.Lab.Tests.Scenes;

//   alpha (150)         beta (100)          gamma (50)          client
//     | eth0              | eth0              | eth0              | eth0: probes, ear
//   ==+===================+===================+===================+==  lan
//
//   Every competitor answers for the VIP when it holds it. A test starts the daemons that it is about.

/// <summary>What most failover tests begin with, and the judgements that they share.</summary>
internal sealed class VipScene : IDisposable
{
    public static readonly IpAddress Vip4 = ThreeHostsAndClient.Vip4.Address;

    public static readonly IpAddress Vip6 = ThreeHostsAndClient.Vip6.Address;

    /// <summary>How far above its bound a time must lie to be a fault and not a busy machine.</summary>
    private const int Slack = 10;

    private readonly ThreeHostsAndClient _lab = new();

    public VipScene(VirtualRouterSetup? setup = null)
    {
        Setup = setup ?? new VirtualRouterSetup();
        try
        {
            foreach (var host in _lab.Competitors)
                UdpEcho.Start(host, [.. Vips]);
            Ear = WireEar.On(_lab.Client);
        }
        catch
        {
            _lab.Dispose();
            throw;
        }
    }

    public VirtualRouterSetup Setup { get; }

    public ImmutableArray<IpAddress> Vips => [.. Setup.Addresses.Select(prefix => prefix.Address)];

    public LabHost Alpha => _lab.Alpha;

    public LabHost Beta => _lab.Beta;

    public LabHost Gamma => _lab.Gamma;

    public LabHost Client => _lab.Client;

    public IReadOnlyList<LabHost> Competitors => _lab.Competitors;

    public Segment Lan => _lab.Lan;

    /// <summary>What the client's interface hears.</summary>
    public WireEar Ear { get; }

    /// <summary>One per VIP, after <see cref="Probe"/>.</summary>
    public ImmutableArray<UdpProbe> Probes { get; private set; } = [];

    /// <summary>Time without any owner after a resignation: the successor's Skew_Time.</summary>
    public TimeSpan SkewOf(byte priority) => (256 - priority) / 256.0 * Setup.Interval;

    /// <summary>Time without any owner after a silent death.</summary>
    public TimeSpan ActiveDownOf(byte priority) => 3 * Setup.Interval + SkewOf(priority);

    /// <summary>Starts Vigie with the scene's virtual router at this priority; waits for nothing.</summary>
    public VigieDaemon Start(LabHost host, byte priority) => VigieDaemon.Start(host, Setup with { Priority = priority });

    /// <summary>The configuration that <see cref="Start(LabHost, byte)"/> uses, to be changed as text.</summary>
    public string Yaml(LabHost host, byte priority) => VirtualRouterSetup.ToVigie(host.Name, Setup with { Priority = priority });

    /// <summary>Starts it and waits for the state; a Backup is one when it has heard its Active.</summary>
    public VigieDaemon Start(LabHost host, byte priority, VirtualRouterState state)
    {
        var daemon = Start(host, priority);
        if (state == VirtualRouterState.Backup)
            daemon.WaitUntilFollowing(Setup.Name);
        else
            daemon.WaitForState(Setup.Name, state);
        return daemon;
    }

    /// <summary>Starts alpha (150) as Active and beta (100) as Backup, and the client's probes; returns when alpha serves.</summary>
    public (VigieDaemon Alpha, VigieDaemon Beta) StartPair()
    {
        var alpha = Start(Alpha, 150, VirtualRouterState.Active);
        var beta = Start(Beta, 100, VirtualRouterState.Backup);
        Probe();
        WaitUntilServedBy(Alpha);
        return (alpha, beta);
    }

    /// <summary>From now on the client asks every VIP each millisecond.</summary>
    public void Probe() => Probes = [.. Vips.Select(vip => UdpProbe.Start(Client, vip))];

    public void WaitUntilServedBy(LabHost host, TimeSpan? deadline = null)
    {
        foreach (var probe in Probes)
            probe.WaitForAnswerFrom(host.Name, deadline);
    }

    /// <summary>
    /// Watches for a while, measured in advertisements: this host alone advertises, it alone holds every VIP, and it alone
    /// answers the client.
    /// </summary>
    public void AssertOnlyOwner(LabHost owner, int advertisements = 20)
    {
        var from = LabClock.Now;
        var mac = owner.Interface(Setup.Interface).Mac;
        Ear.WaitFor($"advertisement of {owner.Name}", advertisements, heard => heard.Mac == mac);
        Assert.Equal([mac], Ear.AdvertisersSince(from));
        foreach (var host in Competitors)
            Assert.Equal(host == owner ? Vips.Order() : [], host.Addresses().Where(Vips.Contains).Order());
        var until = LabClock.Now;
        foreach (var probe in Probes)
            Assert.All(probe.Snapshot().Runs.Where(run => run.Last >= from && run.First <= until), run => Assert.Equal(owner.Name, run.Host));
    }

    /// <summary>What the client saw of what began at that moment: the VIP moved, within ten times the bound, and no VIP was answered for by two hosts.</summary>
    /// <param name="from">When it began.</param>
    /// <param name="bound">The longest outage by the protocol.</param>
    /// <param name="leftBehind">The old owner's kernel still holds the VIP with nobody alive to remove it, so that it may answer a neighbour that asks.</param>
    public void AssertOutage(Instant from, TimeSpan bound, bool leftBehind = false)
    {
        foreach (var probe in Probes)
        {
            var seen = probe.Snapshot();
            var gap = seen.LongestGap(from, Instant.Never);
            Assert.True(gap is not null && gap.Length <= Slack * bound + gap.LongestStall, $"the bound is {bound.TotalMilliseconds:0} ms: {gap}; {seen}");
            Assert.True(leftBehind || seen.TwoOwnerMoments(TimeSpan.FromMilliseconds(50)) == 0, $"two hosts answered at once: {seen}");
        }
    }

    public void Dispose() => _lab.Dispose();
}
