using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Xunit;

namespace Vigie.Lab.Tests.Interop;

/// <summary>
/// Version 3: a Backup judges the Active's silence by the interval that the Active advertised, not by its own (RFC 9568
/// 6.1, Active_Adver_Interval), whichever of the two is longer.
/// </summary>
public sealed class LearnedIntervalTests
{
    private const byte High = 200;
    private const byte Low = 100;

    // A factor of two, so that a Backup that starts and has heard nothing yet does not rightly take over.
    [Theory]
    [InlineData(PeerKind.Keepalived, true, 100, 200)]
    [InlineData(PeerKind.Keepalived, true, 200, 100)]
    [InlineData(PeerKind.Keepalived, false, 100, 200)]
    [InlineData(PeerKind.Keepalived, false, 200, 100)]
    [InlineData(PeerKind.Frr, true, 100, 200)]
    [InlineData(PeerKind.Frr, true, 200, 100)]
    [InlineData(PeerKind.Frr, false, 100, 200)]
    [InlineData(PeerKind.Frr, false, 200, 100)]
    public void The_successor_waits_by_the_interval_of_the_one_that_died(PeerKind kind, bool vigieDies, int dyingMs, int ownMs)
    {
        var (dying, own) = (TimeSpan.FromMilliseconds(dyingMs), TimeSpan.FromMilliseconds(ownMs));
        using var scene = new InteropScene(kind, new VirtualRouterSetup().OnlyFamily(IpFamily.IPv4));
        if (vigieDies)
        {
            scene.StartVigie(High, setup => setup with { Interval = dying });
            scene.WaitForVigieAlone();
            scene.StartPeer(Low, setup => setup with { Interval = own });
        }
        else
        {
            scene.StartPeer(High, setup => setup with { Interval = dying });
            scene.WaitForPeerAlone();
            scene.StartVigie(Low, setup => setup with { Interval = own });
        }

        scene.AssertOnlyOwner(vigieDies, advertisements: 6);
        if (!vigieDies)
            Assert.Equal((ownMs, dyingMs), (scene.Status.AdvertisementIntervalMs, scene.Status.ActiveAdvertisementIntervalMs));

        var killed = LabClock.Now;
        if (vigieDies)
            scene.Vigie!.Kill();
        else
            scene.Peer.Kill();
        var silence = scene.WaitForSuccession(vigieDies, killed);

        // One step of the clock that stamps captured frames may be missing; above, the bound separates the two intervals.
        var learned = ActiveDown(dying);
        Assert.True(silence >= 0.95 * learned, $"took over after {silence}; by the learned interval not before {learned}\n{scene.Ear.Describe(Core.Instant.Zero)}");
        var limit = dying < own ? ActiveDown(own) : 10 * learned;
        Assert.True(silence < limit, $"took over after {silence}; by the learned interval it would be {learned}\n{scene.Ear.Describe(Core.Instant.Zero)}");
    }

    private static TimeSpan ActiveDown(TimeSpan interval) => (3 + (256 - Low) / 256.0) * interval;
}
