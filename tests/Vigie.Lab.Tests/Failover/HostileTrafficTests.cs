using Vigie.Contract;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Lab.Daemons;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>What a stranger on the segment can send without any effect but a higher counter.</summary>
public sealed class HostileTrafficTests
{
    private const int Frames = 4000;

    /// <summary>As fast as one thread sends them.</summary>
    private const int Flood = 20_000;
    private static readonly VrrpAdvertisement Takeover = new()
    {
        Version = VrrpVersion.V3, Family = IpFamily.IPv4, Vrid = 51, Priority = 254, Interval = TimeSpan.FromMilliseconds(100), ChecksumForm = Ipv4ChecksumForm.PseudoHeader,
    };

    [Fact]
    public void Each_kind_of_bad_advertisement_is_counted_under_its_own_name_and_changes_nothing()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        using var client = new RawFrames(scene.Client);
        var source = scene.Client.IPv4;
        var good = RawFrames.Message(source, Takeover, [VipScene.Vip4]);

        client.SendVrrp(source, good, hopLimit: 254);
        client.SendVrrp(source, Changed(good, 6, 0xA5)); // the checksum
        client.SendVrrp(source, good.AsSpan(0, good.Length - 2));
        client.SendVrrp(source, [.. good, 0, 0, 0, 0]);
        client.Advertise(source, Takeover with { Version = VrrpVersion.V2, Interval = TimeSpan.FromSeconds(1) }, [VipScene.Vip4]);
        client.SendVrrp(source, Changed(good, 0, 0x32)); // type 2
        client.Advertise(source, Takeover with { Vrid = 52 }, [VipScene.Vip4]);

        foreach (var daemon in new[] { alpha, beta })
        {
            daemon.WaitForRouter("db", "six drops", router => router.Advertisements.Dropped.Values.Sum() >= 6);
            var dropped = daemon.TryRouter("db")!.Advertisements.Dropped;
            Assert.Equal((1, 1, 2, 1, 1), (dropped["ttl"], dropped["checksum"], dropped["length"], dropped["version"], dropped["type"]));
            Assert.Equal(5, daemon.Events().Events.Count(e => e.Kind == "advertisement_dropped"));
        }

        scene.AssertOnlyOwner(scene.Alpha);
        Assert.Equal((2, 1), (alpha.TryRouter("db")!.Transitions, beta.TryRouter("db")!.Transitions));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_storm_of_mutated_frames_changes_nothing_and_is_counted(int seed)
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        using var client = new RawFrames(scene.Client);
        var random = new Random(seed);
        byte[][] samples =
        [
            client.Frame(scene.Client.IPv4, RawFrames.Message(scene.Client.IPv4, Takeover with { Priority = 1 }, [VipScene.Vip4]), 254),
            client.Frame(scene.Client.IPv6, RawFrames.Message(scene.Client.IPv6, Takeover with { Family = IpFamily.IPv6, Priority = 1 }, [VipScene.Vip6]), 254),
            Sample(frame => GratuitousArp.WriteReply(frame, client.Mac, IpAddress.Parse("10.77.0.200"))),
            Sample(frame => UnsolicitedAdvertisement.Write(frame, client.Mac, scene.Client.IPv6, IpAddress.Parse("fd77::200"), router: false)),
        ];

        var from = LabClock.Now;
        for (var i = 0; i < Frames; i++)
            client.Send(Mutated(samples[i % samples.Length], random));

        // Last, one frame that is known to be refused: when it has been counted, everything before it has been looked at.
        var before = beta.TryRouter("db")!.Advertisements.Dropped.Values.Sum();
        Assert.True(before > 0, "not one mutated advertisement was counted");
        client.Send(samples[0]);
        beta.WaitForRouter("db", "the last one counted", router => router.Advertisements.Dropped.Values.Sum() > before);
        scene.AssertOnlyOwner(scene.Alpha);
        Assert.Equal((2, 1), (alpha.TryRouter("db")!.Transitions, beta.TryRouter("db")!.Transitions));
        Assert.True(alpha.TryRouter("db")!.Advertisements.Dropped.Values.Sum() > 0);
        foreach (var probe in scene.Probes)
        {
            var gap = probe.Snapshot().LongestGap(from, Core.Instant.Never)!;
            Assert.True(gap.Length < TimeSpan.FromMilliseconds(500) + 2 * gap.LongestStall, gap.ToString());
        }
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void A_flood_of_strangers_advertisements_ends_in_the_kernel_of_a_unicast_cluster(IpFamily family)
    {
        using var scene = new VipScene(new VirtualRouterSetup().OnlyFamily(family));
        var alpha = StartUnicast(scene, scene.Alpha, 150, scene.Beta, family);
        alpha.WaitForState("db", VirtualRouterState.Active);
        var beta = StartUnicast(scene, scene.Beta, 100, scene.Alpha, family);
        beta.WaitUntilFollowing("db");
        scene.Probe();
        scene.WaitUntilServedBy(scene.Alpha);
        using var client = new RawFrames(scene.Client);
        var stranger = family == IpFamily.IPv4 ? scene.Client.IPv4 : scene.Client.IPv6;
        var frame = client.Frame(stranger, RawFrames.Message(stranger, Takeover with { Family = family }, scene.Vips.AsSpan()), 255);

        for (var i = 0; i < Flood; i++)
            client.Send(frame);

        foreach (var daemon in new[] { alpha, beta })
        {
            daemon.WaitForRouter("db", "every stranger", router => router.Advertisements.Dropped.GetValueOrDefault("unknown_peer") == Flood);
            // One passed, so that the sender could be named.
            var told = Assert.Single(daemon.Events().Events, e => e.Kind == "advertisement_dropped");
            Assert.Contains(stranger.ToString(), told.Message, StringComparison.Ordinal);
        }

        var heard = beta.TryRouter("db")!.Advertisements.Received;
        beta.WaitForRouter("db", "the beat to go on", router => router.Advertisements.Received > heard + 10);
        scene.WaitUntilServedBy(scene.Alpha);
        Assert.Equal((2, 1), (alpha.TryRouter("db")!.Transitions, beta.TryRouter("db")!.Transitions));
        Assert.Contains("vigie_peers", scene.Alpha.Execute("nft", "list", "tables"), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, alpha.Stop());
        Assert.DoesNotContain("vigie_peers", scene.Alpha.Execute("nft", "list", "tables"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_above_what_can_be_read_costs_the_Active_not_one_beat()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        using var client = new RawFrames(scene.Client);
        var frame = client.Frame(scene.Client.IPv4, RawFrames.Message(scene.Client.IPv4, Takeover, [VipScene.Vip4]), 254);

        for (var i = 0; i < Flood; i++)
            client.Send(frame);

        foreach (var daemon in new[] { alpha, beta })
            daemon.WaitForRouter("db", "the flood", router => router.Advertisements.Dropped.GetValueOrDefault("ttl") > 0);
        scene.AssertOnlyOwner(scene.Alpha);
        Assert.Equal((2, 1), (alpha.TryRouter("db")!.Transitions, beta.TryRouter("db")!.Transitions));
    }

    private static VigieDaemon StartUnicast(VipScene scene, LabHost host, byte priority, LabHost other, IpFamily family) =>
        VigieDaemon.Start(host, scene.Setup with { Priority = priority, Peers = [family == IpFamily.IPv4 ? other.IPv4 : other.IPv6] });

    private static byte[] Changed(byte[] message, int at, byte value)
    {
        var copy = message.ToArray();
        copy[at] = value;
        return copy;
    }

    private static byte[] Sample(Func<byte[], int> write)
    {
        var frame = new byte[UnsolicitedAdvertisement.FrameLength];
        return frame[..write(frame)];
    }

    // Bytes changed, the end cut off or lengthened; the Ethernet header stays so that the frame arrives. TTL 254 makes sure
    // that no mutation is by chance a valid advertisement.
    private static byte[] Mutated(byte[] sample, Random random)
    {
        var frame = sample.ToArray();
        for (var changes = random.Next(4); changes > 0; changes--)
            frame[random.Next(EthernetHeader.Length, frame.Length)] = (byte)random.Next(256);
        return random.Next(4) switch
        {
            0 => frame[..random.Next(EthernetHeader.Length, frame.Length + 1)],
            1 => [.. frame, .. new byte[random.Next(64)]],
            _ => frame,
        };
    }
}
