using Vigie.Core.Wire;
using Vigie.Node.Routers;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>Transcripts of messages and claims from others: what is believed, dropped, counted, answered.</summary>
public class MessageScenarios
{
    [Fact]
    public void What_is_not_a_valid_advertisement_for_us_is_dropped_and_counted_by_reason()
    {
        var host = new Host(Host.Router(priority: 100)).Started();
        host.Run(4);
        host.Chapter("each of these would take the role away if it were believed; each is reported once");
        for (var i = 0; i < 2; i++)
        {
            host.Hear("10.77.0.2", 200, hopLimit: 254);
            host.Hear("10.77.0.2", 200, damaged: true);
            host.Hear("10.77.0.2", 200, cut: 1);
            host.Hear("10.77.0.2", 200, version: VrrpVersion.V2);
            host.Hear("10.77.0.2", 200, vrid: 52);
            host.Hear("10.77.0.2", 200, destination: "10.77.0.1");
            host.Hear("10.77.0.1", 200);
            host.Hear("fe80::2", 200, addresses: "fd77::100");
            host.Hear("10.77.0.2", 200, index: 9);
        }

        var drops = host.Status().Drops;
        foreach (var reason in (DropReason[])
            [DropReason.Ttl, DropReason.Checksum, DropReason.Length, DropReason.Version, DropReason.Destination, DropReason.OwnSource])
            Assert.Equal(2, drops[(int)reason]);
        Assert.Equal(6, host.Loop.UnattributedDrops(DropReason.Vrid));
        Assert.Equal(0, host.Status().Received);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Version_2_drops_another_password_and_another_interval()
    {
        var host = new Host(Host.Router(priority: 100, version: VrrpVersion.V2, password: "secret")).Started();
        host.Run(4);
        host.Hear("10.77.0.2", 200, version: VrrpVersion.V2);
        host.Hear("10.77.0.2", 200, version: VrrpVersion.V2, password: "guess");
        host.Hear("10.77.0.2", 200, version: VrrpVersion.V2, password: "secret", intervalMilliseconds: 2000);
        host.Chapter("the right one");
        host.Hear("10.77.0.2", 200, version: VrrpVersion.V2, password: "secret");
        Assert.Equal(2, host.Status().Drops[(int)DropReason.Authentication]);
        Assert.Equal(1, host.Status().Drops[(int)DropReason.Interval]);
        host.Run(1);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void With_peers_only_they_are_spoken_to_and_listened_to()
    {
        var host = new Host(Host.Router(priority: 100, peers: "10.77.0.1 10.77.0.2 10.77.0.3")).Started();
        host.Run(4);
        host.Chapter("a stranger");
        host.Hear("10.77.0.9", 200, destination: "10.77.0.1");
        host.Chapter("a peer");
        host.Hear("10.77.0.3", 200, destination: "10.77.0.1");
        host.Run(1);
        Assert.Equal(1, host.Status().Drops[(int)DropReason.UnknownPeer]);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Another_address_list_is_counted_and_reported_once_per_change()
    {
        var host = new Host(Host.Router(priority: 100, addresses: "10.77.0.100/24 fd77::100/64")).Started();
        for (var i = 0; i < 3; i++)
        {
            host.Hear("10.77.0.2", 200, addresses: "10.77.0.100 10.77.0.101");
            host.Hear("fe80::2", 200, addresses: "fd77::101");
        }

        host.Chapter("another difference");
        host.Hear("10.77.0.2", 200, addresses: "10.77.0.101");
        host.Chapter("the same list in whatever order is no difference");
        host.Hear("10.77.0.2", 200, addresses: "10.77.0.100");
        Assert.Equal(7, host.Status().AddressListMismatches);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Strict_addresses_drop_another_list()
    {
        var host = new Host(Host.Router(priority: 100, addresses: "10.77.0.100/24 10.77.0.101/24", strict: true)).Started();
        host.Run(4);
        host.Hear("10.77.0.2", 200, addresses: "10.77.0.100");
        host.Chapter("the same two, the other way round");
        host.Hear("10.77.0.2", 200, addresses: "10.77.0.101 10.77.0.100");
        host.Run(0.5);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_foreign_claim_is_answered_after_an_interval_and_while_claims_go_on_at_most_once_a_second()
    {
        var host = new Host(Host.Router(addresses: "10.77.0.100/24 fd77::100/64")).Started();
        host.Run(12);
        host.Chapter("a burst of claims");
        for (var i = 0; i < 5; i++)
        {
            host.Arp("10.77.0.100", Host.PeerMac);
            host.Run(0.02);
        }

        host.Run(0.5);
        host.Chapter("within a second of the answer none, after it at once: by request, and over IPv6");
        host.Arp("10.77.0.100", Host.PeerMac);
        host.Run(0.6);
        host.Arp("10.77.0.100", Host.PeerMac, ArpOperation.Request);
        host.Run(1.2);
        host.NeighborAdvertisement("fd77::100", Host.PeerMac);
        host.Run(0.5);
        host.Chapter("our own frames, other addresses and other interfaces are nobody's claim");
        host.Arp("10.77.0.100", Host.OwnMac);
        host.Arp("10.77.0.50", Host.PeerMac);
        host.Arp("10.77.0.100", Host.PeerMac, index: 3);
        Assert.Equal(8, host.Status().ForeignClaims);
        Assert.Equal(Host.PeerMac, host.Status().LastClaimMac);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Who_asks_for_an_address_that_two_have_claimed_is_answered_before_everybody_at_most_once_a_second()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(20);
        int Announced(double seconds, Action? after = null)
        {
            var before = host.Transcript.ToString().Length;
            after?.Invoke();
            host.Run(seconds);
            return host.Transcript.ToString()[before..].Split("announce ").Length - 1;
        }

        void Ask() => host.ArpProbe("10.77.0.100", Host.PeerMac);

        Assert.Equal(0, Announced(1.5, Ask)); // a Backup that begins asks, too: nobody is in doubt about an address that one alone has claimed
        Assert.Equal(5, Announced(2, () => host.Arp("10.77.0.100", Host.PeerMac))); // a foreign claim, answered
        host.Run(12);
        Assert.Equal(1, Announced(0.005, Ask));
        Assert.Equal(4, Announced(0.5)); // the rest of the burst
        Assert.Equal(0, Announced(0.49, Ask));
        Assert.Equal(1, Announced(0.009));
        host.Run(2);
        Assert.Equal(0, Announced(0.5, () => host.ArpProbe("10.77.0.99", Host.PeerMac)));
        Assert.Equal(0, Announced(0.5, () => host.ArpProbe("10.77.0.100", Host.OwnMac)));
    }

    [Fact]
    public void A_claim_is_not_answered_while_the_address_is_being_added_again()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(12);
        host.Chapter("somebody claims it, and somebody deletes it just before the answer is due");
        host.Arp("10.77.0.100", Host.PeerMac);
        host.Run(1.0099);
        host.AddressRemoved("10.77.0.100/24");
        host.Run(0.5);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_claim_of_whoever_then_turns_out_to_be_better_is_not_answered()
    {
        var host = new Host(Host.Router(addresses: "fd77::100/64")).Started();
        host.Run(12);
        host.Chapter("its announcement comes first");
        host.NeighborAdvertisement("fd77::100", Host.PeerMac);
        var announced = host.FramesSent;
        host.Run(0.1);
        host.Hear("fe80::2", 200, addresses: "fd77::100");
        host.Run(2);
        Assert.Equal(announced, host.FramesSent);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_claim_at_a_long_interval_is_answered_after_little_more_than_a_second()
    {
        var host = new Host(Host.Router(intervalMilliseconds: 5_000)).Started();
        host.Run(50);
        host.Chapter("a claim");
        host.Arp("10.77.0.100", Host.PeerMac);
        host.Run(1.2);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_backup_takes_no_claim_amiss()
    {
        var host = new Host(Host.Router(priority: 100)).Started();
        host.Hear("10.77.0.2", 200);
        host.Arp("10.77.0.100", Host.PeerMac);
        Assert.Equal(0, host.Status().ForeignClaims);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_lower_active_is_answered_by_an_advertisement_and_by_announcing_again()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(12);
        host.Chapter("two of lower priority after a healed partition");
        host.Hear("10.77.0.2", 100);
        host.Run(0.005);
        host.Hear("10.77.0.3", 90);
        host.Run(1.5);
        host.Transcript.AssertAsExpected();
    }
}
