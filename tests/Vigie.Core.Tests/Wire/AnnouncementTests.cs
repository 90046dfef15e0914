using Vigie.Core.Net;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Wire;

/// <summary>The frames that tell a link where a VIP lives now, against bytes written out by hand.</summary>
public sealed class AnnouncementTests
{
    private static readonly MacAddress Sender = new(0x0200_5E10_0001);
    private static readonly IpAddress Vip = IpAddress.Parse("192.0.2.100");

    [Fact]
    public void A_gratuitous_request_is_the_announcement_of_RFC_5227()
    {
        var frame = WireBytes.StaleBuffer(60);

        Assert.Equal(42, GratuitousArp.WriteRequest(frame, Sender, Vip));

        Assert.Equal(
            WireBytes.FromHex("""
                ffffffffffff 02005e100001 0806
                0001 0800 06 04 0001  02005e100001 c0000264  000000000000 c0000264
                """),
            frame[..42]);
        Assert.All(frame[42..], stale => Assert.Equal(WireBytes.Stale, stale));
    }

    [Fact]
    public void A_gratuitous_reply_repeats_the_sender_as_target()
    {
        var frame = WireBytes.StaleBuffer(60);

        Assert.Equal(42, GratuitousArp.WriteReply(frame, Sender, Vip));

        Assert.Equal(
            WireBytes.FromHex("""
                ffffffffffff 02005e100001 0806
                0001 0800 06 04 0002  02005e100001 c0000264  02005e100001 c0000264
                """),
            frame[..42]);
    }

    [Theory]
    [InlineData(true, "a0", "49ef")]
    [InlineData(false, "20", "c9ef")]
    public void An_unsolicited_advertisement_goes_to_all_nodes_with_override(bool router, string flags, string checksum)
    {
        var frame = WireBytes.StaleBuffer(100);
        var (source, vip) = (IpAddress.Parse("fe80::1"), IpAddress.Parse("2001:db8::64"));

        Assert.Equal(86, UnsolicitedAdvertisement.Write(frame, Sender, source, vip, router));

        Assert.Equal(
            WireBytes.FromHex($"""
                333300000001 02005e100001 86dd
                60000000 0020 3a ff  fe800000000000000000000000000001 ff020000000000000000000000000001
                88 00 {checksum} {flags}000000 20010db8000000000000000000000064 02 01 02005e100001
                """),
            frame[..86]);
        Assert.All(frame[86..], stale => Assert.Equal(WireBytes.Stale, stale));
    }

    [Fact]
    public void Writing_an_announcement_allocates_nothing()
    {
        var frame = new byte[100];
        var (source, vip) = (IpAddress.Parse("fe80::1"), IpAddress.Parse("2001:db8::64"));

        Assert.Equal(0, WireBytes.AllocatedBy(() =>
        {
            GratuitousArp.WriteRequest(frame, Sender, Vip);
            GratuitousArp.WriteReply(frame, Sender, Vip);
            UnsolicitedAdvertisement.Write(frame, Sender, source, vip, true);
        }));
    }
}
