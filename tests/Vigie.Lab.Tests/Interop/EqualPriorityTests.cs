using Vigie.Contract;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Xunit;

namespace Vigie.Lab.Tests.Interop;

/// <summary>Two Actives of one priority: the higher source address stays (RFC 9568 6.4.3), and both programs compare alike.</summary>
public sealed class EqualPriorityTests
{
    private const byte Priority = 100;

    [Theory]
    [InlineData(PeerKind.Keepalived, IpFamily.IPv4, true)]
    [InlineData(PeerKind.Keepalived, IpFamily.IPv4, false)]
    [InlineData(PeerKind.Keepalived, IpFamily.IPv6, true)]
    [InlineData(PeerKind.Keepalived, IpFamily.IPv6, false)]
    [InlineData(PeerKind.Frr, IpFamily.IPv4, true)]
    [InlineData(PeerKind.Frr, IpFamily.IPv4, false)]
    [InlineData(PeerKind.Frr, IpFamily.IPv6, true)]
    public void The_first_stays_and_the_higher_address_wins_a_dispute(PeerKind kind, IpFamily family, bool vigieIsHigher)
    {
        using var scene = new InteropScene(kind, new VirtualRouterSetup().OnlyFamily(family));
        var own = SpeakFrom(scene.Alpha, family, vigieIsHigher);
        var healed = StartAndDispute(scene);

        scene.AssertOnlyOwner(vigieIsHigher, advertisements: 20);
        var sources = scene.Ear.Since(healed).Select(heard => heard.Source).Distinct().ToList();
        Assert.Contains(own, sources);
        Assert.All(sources.Where(source => source != own), source => Assert.Equal(vigieIsHigher, own > source));
    }

    // Over IPv6 vrrpd 8.4.4 does not find its own address ("Failed to find address to bind") and yields to every equal; Vigie
    // with the lower address yields as well, so that the one whose advertisement is heard first stays. One it must be.
    [Fact]
    public void A_dispute_with_vrrpd_over_IPv6_ends_with_one_owner_though_Vigie_is_lower()
    {
        using var scene = new InteropScene(PeerKind.Frr, new VirtualRouterSetup().OnlyFamily(IpFamily.IPv6));
        SpeakFrom(scene.Alpha, IpFamily.IPv6, high: false);
        StartAndDispute(scene);

        Condition.WaitFor("one owner", () => scene.IsPeerActive != (scene.Status.State == VirtualRouterState.Active), explain: scene.Peer.Tail);
        scene.AssertOnlyOwner(scene.Status.State == VirtualRouterState.Active, advertisements: 20);
    }

    /// <summary>The second to start does not disturb the first; then neither hears the other, both are Active, and they meet again at the returned moment.</summary>
    private static Core.Instant StartAndDispute(InteropScene scene)
    {
        scene.Probe();
        scene.StartVigie(Priority);
        scene.WaitForVigieAlone();
        scene.StartPeer(Priority);
        scene.AssertOnlyOwner(vigie: true, advertisements: 20);

        scene.Lan.Faults.Partition([scene.Alpha.Interface("eth0")], [scene.Beta.Interface("eth0")]);
        Condition.WaitFor("two owners", () => scene.IsPeerActive && scene.Status.State == VirtualRouterState.Active, explain: scene.Peer.Tail);
        var healed = LabClock.Now;
        scene.Lan.Faults.UndoAll();
        return healed;
    }

    // The peer's addresses are 10.77.0.2 and a link-local one that begins neither with zeros nor with ones.
    private static IpAddress SpeakFrom(LabHost host, IpFamily family, bool high)
    {
        if (family == IpFamily.IPv4)
        {
            if (high)
                host.Ip("addr del 10.77.0.1/24 dev eth0", "addr add 10.77.0.201/24 dev eth0");
            return IpAddress.Parse(high ? "10.77.0.201" : "10.77.0.1");
        }

        var address = IpAddress.Parse(high ? "fe80::ffff:ffff:ffff:fffe" : "fe80::1");
        var made = host.Addresses().Single(other => other.IsLinkLocal);
        host.Ip($"addr del {made}/64 dev eth0", $"addr add {address}/64 dev eth0 nodad");
        return address;
    }
}
