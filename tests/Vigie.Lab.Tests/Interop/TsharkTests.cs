using Vigie.Contract;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Interop;

/// <summary>tshark, which knows nothing of Vigie, takes every frame of a whole life apart without a complaint.</summary>
public sealed class TsharkTests
{
    [Theory]
    [InlineData(3, false, null)]
    [InlineData(3, true, null)]
    [InlineData(2, false, null)]
    [InlineData(2, true, "secret")]
    public void Every_frame_of_a_whole_life_is_well_formed(int version, bool unicast, string? password)
    {
        var setup = version == 3
            ? new VirtualRouterSetup()
            : new VirtualRouterSetup { Version = 2, Interval = TimeSpan.FromSeconds(1), Password = password }.OnlyFamily(IpFamily.IPv4);
        using var scene = new VipScene(setup);
        var recording = Tcpdump.Start(scene.Alpha);
        VirtualRouterSetup Own(LabHost other, byte priority) =>
            setup with { Priority = priority, Peers = unicast ? [.. scene.Vips.Select(vip => vip.Family).Distinct().Select(other.RealAddress)] : [] };

        // Start, takeover, announcements, the beat; preempted by beta; taking over from beta; resigning.
        var alpha = VigieDaemon.Start(scene.Alpha, Own(scene.Beta, 100));
        alpha.WaitForState("db", VirtualRouterState.Active);
        alpha.WaitForRouter("db", "the second burst of announcements", router => router.AnnouncementsSent >= 10 * scene.Vips.Length);
        var beta = VigieDaemon.Start(scene.Beta, Own(scene.Alpha, 150));
        alpha.WaitForState("db", VirtualRouterState.Backup);
        beta.WaitForState("db", VirtualRouterState.Active);
        beta.Stop();
        alpha.WaitForState("db", VirtualRouterState.Active);
        alpha.Stop();

        var pcap = recording.Stop();
        var mac = scene.Alpha.Interface("eth0").Mac;
        Assert.Empty(TsharkCheck.Complaints(pcap, mac));
        // There was something of each kind to judge.
        var seen = TsharkCheck.Read(pcap, $"eth.src == {mac} && (vrrp || arp.isgratuitous || icmpv6.type == 136)", "frame.protocols", "vrrp.prio", "vrrp.version");
        foreach (var family in scene.Vips.Select(vip => vip.Family).Distinct())
        {
            var ip = family == IpFamily.IPv4 ? ":ip:" : ":ipv6:";
            var advertisements = seen.Where(line => line.Contains(ip, StringComparison.Ordinal) && line.Contains(":vrrp", StringComparison.Ordinal)).Select(line => line.Split('\t')).ToList();
            Assert.Contains(advertisements, fields => fields[1] == "0");
            Assert.Contains(advertisements, fields => fields[1] == "100");
            Assert.All(advertisements, fields => Assert.Equal($"{version}", fields[2]));
            Assert.Contains(seen, line => line.Contains(family == IpFamily.IPv4 ? ":arp" : ":icmpv6", StringComparison.Ordinal));
        }
    }
}
