using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Xunit;

namespace Vigie.Lab.Tests.Interop;

/// <summary>
/// Vigie and a peer through a whole life: election, a planned stop with priority 0, the return with preemption. Once with
/// Vigie as the fitter one (its resignation, its preemption), once with the peer (that it obeys theirs).
/// </summary>
public sealed class LifeCycleTests
{
    private static readonly VirtualRouterSetup V3 = new();
    private static readonly VirtualRouterSetup V2 = new VirtualRouterSetup { Version = 2, Interval = TimeSpan.FromSeconds(1) }.OnlyFamily(IpFamily.IPv4);

    private static readonly string[] FamilyChoices = ["IPv4", "IPv6", "both"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Version_3(PeerKind kind, string families, bool unicast, bool vigieIsFitter)
    {
        var setup = families switch
        {
            "IPv4" => V3.OnlyFamily(IpFamily.IPv4),
            "IPv6" => V3.OnlyFamily(IpFamily.IPv6),
            _ => V3,
        };
        using var scene = new InteropScene(kind, setup, unicast);
        LiveThrough(scene, vigieIsFitter, advertisements: 20);
    }

    [Theory]
    [InlineData(PeerKind.Keepalived, null, false, true)]
    [InlineData(PeerKind.Keepalived, null, false, false)]
    [InlineData(PeerKind.Keepalived, "secret", false, true)]
    [InlineData(PeerKind.Keepalived, "secret", false, false)]
    [InlineData(PeerKind.Keepalived, "eightchr", true, true)]
    [InlineData(PeerKind.Keepalived, "eightchr", true, false)]
    [InlineData(PeerKind.Frr, null, false, true)]
    [InlineData(PeerKind.Frr, null, false, false)]
    public void Version_2(PeerKind kind, string? password, bool unicast, bool vigieIsFitter)
    {
        using var scene = new InteropScene(kind, V2 with { Password = password }, unicast);
        LiveThrough(scene, vigieIsFitter, advertisements: 3);
    }

    private static void LiveThrough(InteropScene scene, bool vigieIsFitter, int advertisements)
    {
        const byte Fitter = 200;
        const byte Other = 100;
        scene.Probe();
        // The fitter one first, so that the beginning is an election and not a race.
        if (vigieIsFitter)
        {
            scene.StartVigie(Fitter);
            scene.WaitForVigieAlone();
            scene.StartPeer(Other);
        }
        else
        {
            scene.StartPeer(Fitter);
            scene.WaitForPeerAlone();
            scene.StartVigie(Other);
        }

        scene.AssertOnlyOwner(vigieIsFitter, advertisements);

        // Priority 0: the other one takes over after its Skew_Time, 0.61 of an interval.
        var stopped = LabClock.Now;
        if (vigieIsFitter)
            scene.Vigie!.Stop();
        else
            scene.Peer.Stop();
        foreach (var probe in scene.Probes)
            probe.WaitForAnswerFrom(vigieIsFitter ? "beta" : "alpha");
        Assert.NotEmpty(scene.ResignationsSince(stopped, vigieIsFitter));
        scene.AssertOutage(stopped, 0.61 * scene.Setup.Interval);

        var returned = LabClock.Now;
        if (vigieIsFitter)
            scene.StartVigie(Fitter);
        else
            scene.StartPeer(Fitter);
        scene.AssertOnlyOwner(vigieIsFitter, advertisements);
        scene.AssertOutage(returned, scene.Setup.Interval);
    }

    /// <summary>Every combination that the peer has: FRR has no unicast.</summary>
    public static IEnumerable<TheoryDataRow<PeerKind, string, bool, bool>> Cases()
    {
        foreach (var kind in Enum.GetValues<PeerKind>())
        foreach (var families in FamilyChoices)
        for (var choice = 0; choice < (kind == PeerKind.Frr ? 2 : 4); choice++)
            yield return new(kind, families, choice >= 2, choice % 2 == 0);
    }
}
