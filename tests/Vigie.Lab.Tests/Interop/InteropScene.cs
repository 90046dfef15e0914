using System.Collections.Immutable;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;
using Vigie.Lab.Tests.Scenes;
using Vigie.Lab.Topologies;
using Xunit;

namespace Vigie.Lab.Tests.Interop;

//   alpha: Vigie        beta: the peer      client
//     | eth0: ear         | eth0              | eth0: probes
//   ==+===================+===================+==  lan

/// <summary>Vigie and another program share a virtual router, and both agree, or a test fails.</summary>
internal sealed class InteropScene : IDisposable
{
    // Longer than a client's kernel needs to find by itself that a neighbour is gone (5 s of patience and three questions).
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TwoHostsAndClient _lab = new();

    public InteropScene(PeerKind kind, VirtualRouterSetup setup, bool unicast = false)
    {
        try
        {
            Kind = kind;
            Setup = setup;
            Unicast = unicast;
            Peer = InteropPeer.On(_lab.Beta, kind);
            foreach (var host in _lab.Competitors)
                UdpEcho.Start(host, [.. Vips.Where(vip => !vip.IsLinkLocal)]);
            // On Vigie's own interface, where unicast is seen too.
            Ear = WireEar.On(_lab.Alpha);
        }
        catch
        {
            _lab.Dispose();
            throw;
        }
    }

    public PeerKind Kind { get; }

    public VirtualRouterSetup Setup { get; }

    public bool Unicast { get; }

    public InteropPeer Peer { get; }

    public WireEar Ear { get; }

    public VigieDaemon? Vigie { get; private set; }

    public LabHost Alpha => _lab.Alpha;

    public LabHost Beta => _lab.Beta;

    public Segment Lan => _lab.Lan;

    public ImmutableArray<IpAddress> Vips => [.. Setup.Addresses.Select(prefix => prefix.Address)];

    public ImmutableArray<UdpProbe> Probes { get; private set; } = [];

    private MacAddress VigieMac => Alpha.Interface("eth0").Mac;

    private IEnumerable<IpFamily> Families => Vips.Select(vip => vip.Family).Distinct();

    public VirtualRouterStatus Status => Vigie!.TryRouter(Setup.Name) ?? throw new LabException("Vigie does not answer");

    public void StartVigie(byte priority, Func<VirtualRouterSetup, VirtualRouterSetup>? change = null) =>
        Vigie = VigieDaemon.Start(Alpha, Own(Alpha, Beta, priority, change));

    /// <summary>As <see cref="StartVigie(byte, Func{VirtualRouterSetup, VirtualRouterSetup}?)"/>, with further lines for the virtual router.</summary>
    public void StartVigie(byte priority, string moreYaml) =>
        Vigie = VigieDaemon.Start(Alpha, VirtualRouterSetup.ToVigie("alpha", Own(Alpha, Beta, priority, null)) + $"    {moreYaml}\n");

    public void StartPeer(byte priority, Func<VirtualRouterSetup, VirtualRouterSetup>? change = null) => Peer.Start(Own(Beta, Alpha, priority, change));

    public void Probe() => Probes = [.. Vips.Select(vip => UdpProbe.Start(_lab.Client, vip))];

    /// <summary>Waits until Vigie serves while there is no peer.</summary>
    public void WaitForVigieAlone()
    {
        Vigie!.WaitForState(Setup.Name, VirtualRouterState.Active);
        foreach (var probe in Probes)
            probe.WaitForAnswerFrom("alpha");
    }

    /// <summary>Waits until the peer serves while there is no Vigie.</summary>
    public void WaitForPeerAlone()
    {
        Condition.WaitFor("the peer to be Active", () => IsPeerActive, explain: Peer.Tail);
        foreach (var probe in Probes)
            probe.WaitForAnswerFrom("beta");
    }

    public bool IsPeerActive => Families.All(Peer.IsActive);

    public bool IsPeerBackup => !Families.Any(Peer.IsActive);

    /// <summary>Waits for both programs to agree that this one is the owner, and for the client to be served by it.</summary>
    public void WaitForOwner(bool vigie)
    {
        Condition.WaitFor($"Vigie to be {(vigie ? "Active" : "Backup")} and the peer the opposite", () => IsVigie(vigie) && (vigie ? IsPeerBackup : IsPeerActive),
            explain: () => $"Vigie is {Vigie?.TryRouter(Setup.Name)}\n{Peer.Tail()}");
        foreach (var probe in Probes)
            probe.WaitForAnswerFrom(vigie ? "alpha" : "beta", Patience);
    }

    /// <summary>Over a number of advertisements: one program advertises, both agree on who it is, it alone answers the client.</summary>
    public void AssertOnlyOwner(bool vigie, int advertisements)
    {
        WaitForOwner(vigie);
        var from = LabClock.Now;
        foreach (var family in Families)
            Ear.WaitFor("advertisement of the owner", advertisements, heard => heard.Family == family && heard.Mac == VigieMac == vigie);
        var strangers = Ear.Since(from).Where(heard => !heard.IsResignation && heard.Mac == VigieMac != vigie).ToList();
        Assert.True(strangers.Count == 0, $"the other one advertised too:\n{Ear.Describe(from)}\n{Peer.Tail()}");
        var until = LabClock.Now;
        foreach (var probe in Probes)
            Assert.All(probe.Snapshot().Runs.Where(run => run.Last >= from && run.First <= until), run => Assert.Equal(vigie ? "alpha" : "beta", run.Host));
        Assert.Equal(vigie ? VirtualRouterState.Active : VirtualRouterState.Backup, Status.State);
        Assert.True(vigie ? IsPeerBackup : IsPeerActive, Peer.Tail());
    }

    /// <summary>Waits until the last few advertisements on the wire all came from the owner.</summary>
    public void WaitUntilQuiet(bool vigie, int advertisements) => Condition.WaitFor($"{advertisements} advertisements of the owner in a row",
        () => Ear.Advertisements is { Length: var count } all && count >= advertisements && all[^advertisements..].All(heard => heard.Mac == VigieMac == vigie),
        explain: () => Ear.Describe(Instant.Zero));

    /// <summary>Lets time pass, by the client's own questions.</summary>
    public void WaitForBeats(TimeSpan time)
    {
        var until = LabClock.Now + time;
        Condition.WaitFor($"{time.TotalSeconds} s of questions", () => LabClock.Now >= until && Probes[0].Snapshot().Sent > 0, time + TimeSpan.FromSeconds(10));
    }

    private bool IsVigie(bool active) =>
        Vigie?.TryRouter(Setup.Name)?.State == (active ? VirtualRouterState.Active : VirtualRouterState.Backup);

    public IEnumerable<WireAdvertisement> ResignationsSince(Instant from, bool ofVigie) =>
        Ear.Since(from).Where(heard => heard.IsResignation && heard.Mac == VigieMac == ofVigie);

    /// <summary>From the last advertisement of the one that fell silent to the first one of its successor.</summary>
    public TimeSpan WaitForSuccession(bool ofVigie, Instant from)
    {
        WireAdvertisement? First() => Ear.Since(from).FirstOrDefault(heard => heard.Mac == VigieMac != ofVigie);
        Condition.WaitFor("the successor's first advertisement", () => First() is not null, explain: () => Ear.Describe(Instant.Zero) + "\n" + Peer.Tail());
        return First()!.At - Ear.Advertisements.Last(heard => heard.Mac == VigieMac == ofVigie && heard.At < First()!.At).At;
    }

    public void AssertOutage(Instant from, TimeSpan bound)
    {
        foreach (var probe in Probes)
        {
            var seen = probe.Snapshot();
            var gap = seen.LongestGap(from, Instant.Never);
            Assert.True(gap is not null && gap.Length <= 10 * bound + gap.LongestStall, $"the bound is {bound.TotalMilliseconds:0} ms: {gap}; {seen}\n{Peer.Tail()}");
        }
    }

    public void Dispose() => _lab.Dispose();

    private VirtualRouterSetup Own(LabHost host, LabHost other, byte priority, Func<VirtualRouterSetup, VirtualRouterSetup>? change)
    {
        var own = Setup with { Priority = priority, Peers = Unicast ? [.. Families.Select(other.RealAddress)] : [] };
        return change?.Invoke(own) ?? own;
    }
}
