using Vigie.Contract;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Xunit;

namespace Vigie.Lab.Tests.Interop;

/// <summary>Peers whose settings differ from ours, and what each side makes of it. docs/interop.md says it in a table.</summary>
public sealed class DisagreementTests
{
    private const byte Low = 100;
    private const byte High = 200;
    private static readonly VirtualRouterSetup V3 = new VirtualRouterSetup().OnlyFamily(IpFamily.IPv4);
    private static readonly VirtualRouterSetup V2 = V3 with { Version = 2, Interval = TimeSpan.FromSeconds(1) };
    private static readonly IpPrefix Extra = IpPrefix.Parse("10.77.0.101/24");

    [Theory]
    [InlineData(PeerKind.Keepalived, true)]
    [InlineData(PeerKind.Keepalived, false)]
    [InlineData(PeerKind.Frr, true)]
    [InlineData(PeerKind.Frr, false)]
    public void Another_interval_is_learned_in_version_3(PeerKind kind, bool vigieIsActive)
    {
        using var scene = new InteropScene(kind, V3);
        var slow = TimeSpan.FromMilliseconds(500);
        scene.Probe();
        if (vigieIsActive)
        {
            scene.StartVigie(High, own => own with { Interval = slow });
            scene.WaitForVigieAlone();
            scene.StartPeer(Low);
        }
        else
        {
            scene.StartPeer(High, own => own with { Interval = slow });
            scene.WaitForPeerAlone();
            scene.StartVigie(Low);
        }

        // Before it has heard anything a Backup waits by its own interval, here too short for the Active's: it may take over
        // once for a moment (RFC 9568 6.4.2). What counts is that it has learned by then.
        scene.WaitUntilQuiet(vigieIsActive, advertisements: 3);
        // Six slow advertisements: thirty of the Backup's own intervals, ten times what it would wait by itself.
        scene.AssertOnlyOwner(vigieIsActive, advertisements: 6);
        if (!vigieIsActive)
        {
            Assert.Equal((100, 500), (scene.Status.AdvertisementIntervalMs, scene.Status.ActiveAdvertisementIntervalMs));
            Assert.Empty(scene.Status.Advertisements.Dropped);
        }
    }

    [Fact]
    public void Another_interval_in_version_2_makes_no_two_owners_and_Vigie_says_why()
    {
        using var scene = new InteropScene(PeerKind.Keepalived, V2);
        scene.StartPeer(High);
        scene.WaitForPeerAlone();
        scene.StartVigie(Low, own => own with { Interval = TimeSpan.FromSeconds(2) });

        // RFC 3768 7.1: a packet with another interval is discarded, so that neither hears the other.
        AssertLeavesTheAddressToThePeer(scene);

        Assert.True(scene.Status.Advertisements.Dropped["interval"] > 0);
        var told = Assert.Single(scene.Vigie!.Events().Events, e => e.Kind == "advertisement_dropped");
        Assert.Contains("interval", told.Message, StringComparison.Ordinal);
        Assert.Contains("advertisement_interval", told.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secret", "another")]
    [InlineData(null, "secret")]
    [InlineData("secret", null)]
    public void A_wrong_password_makes_no_two_owners_and_Vigie_says_why(string? vigies, string? peers)
    {
        using var scene = new InteropScene(PeerKind.Keepalived, V2);
        scene.StartPeer(High, own => own with { Password = peers });
        scene.WaitForPeerAlone();
        scene.StartVigie(Low, own => own with { Password = vigies });

        AssertLeavesTheAddressToThePeer(scene);
        scene.Vigie!.WaitForRouter("db", "drops", router => router.Advertisements.Dropped.GetValueOrDefault("authentication") > 0);
        var told = Assert.Single(scene.Vigie!.Events().Events, e => e.Kind == "advertisement_dropped");
        Assert.Contains("password", told.Message, StringComparison.Ordinal);
        Assert.Contains("authentication", told.Remedy, StringComparison.Ordinal);
        Condition.WaitFor("keepalived to stay Active", () => scene.IsPeerActive, explain: scene.Peer.Tail);
    }

    [Theory]
    [InlineData(PeerKind.Keepalived)]
    [InlineData(PeerKind.Frr)]
    public void A_longer_list_at_the_Active_peer_is_counted_and_told_and_no_reason_for_two_owners(PeerKind kind)
    {
        using var scene = new InteropScene(kind, V3);
        scene.StartPeer(High, own => own with { Addresses = [.. own.Addresses, Extra] });
        scene.WaitForPeerAlone();
        scene.StartVigie(Low);

        scene.AssertOnlyOwner(vigie: false, advertisements: 20);
        Assert.True(scene.Status.AddressListMismatches > 0);
        Assert.Single(scene.Vigie!.Events().Events, e => e.Kind == "address_list_mismatch");
        Assert.Empty(scene.Status.Advertisements.Dropped);
    }

    [Fact]
    public void With_strict_addresses_another_list_is_dropped()
    {
        using var scene = new InteropScene(PeerKind.Keepalived, V3);
        scene.StartPeer(High, own => own with { Addresses = [.. own.Addresses, Extra] });
        scene.WaitForPeerAlone();
        scene.StartVigie(Low, "strict_addresses: true");

        AssertLeavesTheAddressToThePeer(scene);
        Assert.True(scene.Status.Advertisements.Dropped["address_list"] > 0);
    }

    /// <summary>Whoever begins asks before it takes the role: what is not heard is seen.</summary>
    private static void AssertLeavesTheAddressToThePeer(InteropScene scene)
    {
        scene.Vigie!.WaitForState("db", VirtualRouterState.Fault, TimeSpan.FromSeconds(20));
        Assert.Contains(scene.Beta.Interface("eth0").Mac.ToString(), scene.Status.Reason, StringComparison.Ordinal);
        Assert.NotNull(scene.Status.Remedy);
        Assert.DoesNotContain(scene.Ear.Advertisements, heard => heard.Mac == scene.Alpha.Interface("eth0").Mac);
        Assert.True(scene.IsPeerActive, scene.Peer.Tail());
    }

    [Theory]
    [InlineData(PeerKind.Keepalived, false)]
    [InlineData(PeerKind.Frr, true)]
    public void What_a_Backup_peer_makes_of_a_longer_list_of_Vigies(PeerKind kind, bool accepts)
    {
        using var scene = new InteropScene(kind, V3);
        scene.StartVigie(High, own => own with { Addresses = [.. own.Addresses, Extra] });
        scene.WaitForVigieAlone();
        scene.StartPeer(Low);

        if (accepts)
        {
            scene.AssertOnlyOwner(vigie: true, advertisements: 20);
            return;
        }

        Condition.WaitFor("the peer to take over for nothing", () => scene.IsPeerActive, explain: scene.Peer.Tail);
        Assert.Equal(VirtualRouterState.Active, scene.Status.State);
    }

    [Theory]
    [InlineData(PeerKind.Keepalived)]
    [InlineData(PeerKind.Frr)]
    public void The_checksum_of_the_message_alone_is_refused_by_both_peers(PeerKind kind)
    {
        using var scene = new InteropScene(kind, V3);
        scene.StartVigie(High, "ipv4_checksum: message_only");
        scene.WaitForVigieAlone();
        scene.StartPeer(Low);

        // docs/decisions/0002: therefore the other form is the default.
        Condition.WaitFor("the peer to take over for nothing", () => scene.IsPeerActive, explain: scene.Peer.Tail);
        Assert.Equal(VirtualRouterState.Active, scene.Status.State);
    }

    [Theory]
    [InlineData(PeerKind.Keepalived, "fd77::100/64 fe80::100/64")]
    [InlineData(PeerKind.Keepalived, "fe80::100/64 fd77::100/64")]
    [InlineData(PeerKind.Frr, "fd77::100/64 fd77::101/64")]
    public void Lists_of_several_IPv6_addresses_are_accepted_in_both_directions(PeerKind kind, string addresses)
    {
        using var scene = new InteropScene(kind, new VirtualRouterSetup { Addresses = [.. addresses.Split(' ').Select(IpPrefix.Parse)] });
        scene.StartVigie(High);
        scene.WaitForVigieAlone();
        scene.StartPeer(Low);
        scene.AssertOnlyOwner(vigie: true, advertisements: 20);

        scene.Vigie!.Stop();
        Condition.WaitFor("the peer to be Active", () => scene.IsPeerActive, explain: scene.Peer.Tail);
        scene.StartVigie(50);
        scene.AssertOnlyOwner(vigie: false, advertisements: 20);
        Assert.Empty(scene.Status.Advertisements.Dropped);
        Assert.Equal(0, scene.Status.AddressListMismatches);
    }
}
