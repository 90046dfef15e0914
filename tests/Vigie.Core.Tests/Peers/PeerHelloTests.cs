using CsCheck;
using Vigie.Core.Peers;
using Vigie.Core.Tests.Wire;
using Xunit;

namespace Vigie.Core.Tests.Peers;

/// <summary>What a host says of itself, as bytes and back.</summary>
public sealed class PeerHelloTests
{
    private static readonly Gen<HearingStatement> s_hearing = Gen.Select(Gen.UInt, Gen.Byte, (host, paths) => new HearingStatement(host, paths));

    private static readonly Gen<RouterStatement> s_router =
        Gen.Select(Gen.UInt, Gen.Byte, Gen.Int[0, 2], Gen.Int[0, 15], Gen.UShort, Gen.UInt, (number, priority, role, bits, resignation, successor) => new RouterStatement
        {
            Router = number, Priority = priority, Role = (PeerRole)role, CouldServe = (bits & 1) != 0, Resigns = (bits & 2) != 0,
            SeesLink = (bits & 4) != 0, HearsActive = (bits & 8) != 0, Resignation = resignation, Successor = successor,
        });

    [Fact]
    public void What_is_written_is_read() =>
        Gen.Select(
            Gen.Int[0, 7], Gen.ULong, s_hearing.Array[0, PeerHello.MostHearings], s_router.Array[0, PeerHello.MostRouters]).Sample((flags, digest, hearings, routers) =>
        {
            var content = WireBytes.StaleBuffer(ChannelPacket.MaximumContent);
            var length = PeerHello.Encode((HelloMarks)flags, digest, hearings, routers, content);
            Assert.Equal(HelloError.None, PeerHello.TryDecode(content.AsSpan(0, length), out var hello));
            Assert.Equal(((HelloMarks)flags, digest), (hello.Marks, hello.Configuration));
            Assert.Equal((hearings.Length, routers.Length), (hello.HearingCount, hello.RouterCount));
            for (var i = 0; i < hearings.Length; i++)
                Assert.Equal(hearings[i], hello.Hearing(i));
            for (var i = 0; i < routers.Length; i++)
                Assert.Equal(routers[i], hello.Router(i));
        }, iter: 200);

    [Fact]
    public void The_bytes_are_those_of_the_drawing()
    {
        var content = WireBytes.StaleBuffer(ChannelPacket.MaximumContent);
        var length = PeerHello.Encode(
            HelloMarks.Leaving | HelloMarks.MoreToFollow, 0x0102030405060708, [new HearingStatement(0xAABBCCDD, 0b11)],
            [new RouterStatement { Router = 0x11223344, Priority = 150, Role = PeerRole.Active, CouldServe = true, Resigns = true, SeesLink = true, Resignation = 0x0506, Successor = 0x0708090A }], content);
        Assert.Equal("05 01 0001 0102030405060708 AABBCCDD 03 11223344 96 1E 0506 0708090A".Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(content, 0, length));
    }

    [Fact]
    public void The_fullest_hello_fits_a_packet_and_one_more_is_a_bug()
    {
        var content = new byte[ChannelPacket.MaximumContent];
        var (hearings, routers) = (new HearingStatement[PeerHello.MostHearings], new RouterStatement[PeerHello.MostRouters]);
        Assert.InRange(PeerHello.Encode(HelloMarks.None, 0, hearings, routers, content), ChannelPacket.MaximumContent - PeerHello.RouterLength + 1, ChannelPacket.MaximumContent);
        Assert.Throws<ArgumentOutOfRangeException>(() => PeerHello.Encode(HelloMarks.None, 0, [.. hearings, default], routers, content));
        Assert.Throws<ArgumentOutOfRangeException>(() => PeerHello.Encode(HelloMarks.None, 0, hearings, [.. routers, default], content));
    }

    [Fact]
    public void Every_reason_is_told_and_leaves_nothing_behind()
    {
        var content = new byte[ChannelPacket.MaximumContent];
        var length = PeerHello.Encode(HelloMarks.None, 1, [default], [default, default], content);
        var whole = content[..length];
        for (var cut = 0; cut < length; cut++)
            Check(whole[..cut], cut < PeerHello.FixedLength ? HelloError.Truncated : HelloError.Length);
        Check([.. whole, 0], HelloError.Length);
        Check(whole.With(1, PeerHello.MostHearings + 1), HelloError.Hearings);
        Check(whole.With(3, PeerHello.MostRouters + 1), HelloError.Routers);
        Check(whole.With(2, 1), HelloError.Routers);
        Check(whole.With(length - 7, 3), HelloError.Role);

        // Bits that have no meaning yet.
        Assert.Equal(HelloError.None, PeerHello.TryDecode(whole.With(0, 0xF8), out var hello));
        Assert.Equal(HelloMarks.None, hello.Marks);
        Assert.Equal(HelloError.None, PeerHello.TryDecode(whole.With(length - 7, 0xC0), out hello));
        Assert.Equal(default, hello.Router(1));

        static void Check(byte[] bytes, HelloError expected)
        {
            Assert.Equal(expected, PeerHello.TryDecode(bytes, out var hello));
            Assert.Equal((0, 0, 0ul), (hello.HearingCount, hello.RouterCount, hello.Configuration));
        }
    }

    [Fact]
    public void Reading_and_writing_allocate_nothing()
    {
        var content = new byte[ChannelPacket.MaximumContent];
        var (hearings, routers) = (new HearingStatement[3], new RouterStatement[50]);
        var sum = 0;
        Assert.Equal(0, WireBytes.AllocatedBy(() =>
        {
            var length = PeerHello.Encode(HelloMarks.None, 1, hearings, routers, content);
            PeerHello.TryDecode(content.AsSpan(0, length), out var hello);
            for (var i = 0; i < hello.RouterCount; i++)
                sum += hello.Router(i).Priority;
        }));
        Assert.Equal(0, sum);
    }

    [Fact]
    public void A_name_has_the_number_that_its_digest_begins_with()
    {
        // printf alpha | sha256sum
        Assert.Equal(0x8ed3f6adu, NameNumber.Of("alpha"));
        Assert.NotEqual(NameNumber.Of("alpha"), NameNumber.Of("Alpha"));
    }
}
