using System.Security.Cryptography;
using System.Text;
using Vigie.Core.Peers;
using Vigie.Core.Tests.Wire;
using Xunit;
using static Vigie.Core.Tests.Peers.ChannelFixture;

namespace Vigie.Core.Tests.Peers;

/// <summary>The frame and the seal: what comes through, and that nothing else does.</summary>
public sealed class ChannelPacketTests
{
    [Fact]
    public void What_is_sealed_for_a_host_opens_there_once()
    {
        var (alpha, beta) = Pair();
        var packet = alpha.Say("the content");
        Assert.Equal(ChannelPacket.HeaderLength + "the content".Length + ChannelPacket.SealLength, packet.Length);
        Assert.DoesNotContain("content", Encoding.ASCII.GetString(packet), StringComparison.Ordinal);
        Assert.Equal(ChannelError.None, beta.Open(packet, out _, out var content));
        Assert.Equal("the content", content);
        Assert.Equal(ChannelError.Replayed, beta.Open(packet));
        Assert.Equal(ChannelError.None, beta.Open(alpha.Say("next")));
    }

    [Fact]
    public void The_bytes_are_those_of_the_drawing()
    {
        var (alpha, _) = Pair();
        alpha.SkipTo(7);
        var packet = alpha.Say("", path: 2);
        Assert.Equal(
            $"56670101 {Key.Number:X8} 000000000000000000000000000000A1 0000000000000007 000000000000000000000000000000B1 0000000000000001 02 000000".Replace(" ", "", StringComparison.Ordinal),
            Convert.ToHexString(packet[..ChannelPacket.HeaderLength]));
        Assert.Equal(ChannelError.None, ChannelPacket.TryDecode(packet, out var header));
        Assert.Equal(new ChannelHeader(ChannelKind.Hello, Key.Number, AlphaSession, 7, BetaSession, 1, 2), header);
        var session = new ChannelSession(new UInt128(0x0102030405060708, 0x090A0B0C0D0E0F10));
        var bytes = new byte[ChannelSession.Length];
        session.WriteTo(bytes);
        Assert.Equal(session, ChannelSession.FromBytes(bytes));
        Assert.Equal("0102030405060708090a0b0c0d0e0f10", session.ToString());
    }

    [Fact]
    public void The_seal_is_that_of_AES_GCM_over_header_and_content()
    {
        // Made anew from the parts of the standard library, so that neither side can drift from what the decision says.
        var (alpha, _) = Pair();
        alpha.SkipTo(7);
        var packet = alpha.Say("content");
        byte[] secret = [.. Enumerable.Range(0, 32).Select(i => (byte)(31 + i * 7))];
        byte[] salt = [.. new byte[15], 0xA1];
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, salt, "vigie channel 1: packets of a session\0alpha\0beta"u8.ToArray());
        using var cipher = new AesGcm(key, 16);
        var (closed, seal) = (new byte[7], new byte[16]);
        cipher.Encrypt([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7], "content"u8, closed, seal, packet.AsSpan(0, ChannelPacket.HeaderLength));
        Assert.Equal([.. closed, .. seal], packet[ChannelPacket.HeaderLength..]);
    }

    [Fact]
    public void No_bit_can_be_changed_and_no_byte_be_missing()
    {
        var (alpha, beta) = Pair();
        var packet = alpha.Say();
        var now = Start;
        foreach (var (bit, changed) in WireBytes.OneBitFlips(packet))
        {
            now += TimeSpan.FromMilliseconds(10); // within what may fail in a second
            var error = beta.Open(changed, now);
            Assert.True(error is not (ChannelError.None or ChannelError.Unproven or ChannelError.Throttled), $"bit {bit}: {error}");
        }

        for (var length = 0; length < packet.Length; length++)
        {
            now += TimeSpan.FromMilliseconds(10);
            var error = beta.Open(packet[..length], now);
            Assert.Equal(length < ChannelPacket.HeaderLength + ChannelPacket.SealLength ? ChannelError.Truncated : ChannelError.Forged, error);
        }

        Assert.Equal(ChannelError.None, beta.Open(packet, now)); // and the true one is not shut out by any of them
    }

    [Fact]
    public void Every_reason_of_the_frame_is_told()
    {
        var (alpha, beta) = Pair();
        var packet = alpha.Say();
        (byte[] Bytes, ChannelError Error)[] cases =
        [
            ([.. packet, .. new byte[ChannelPacket.MaximumLength]], ChannelError.TooLong),
            (packet.With(0, (byte)'v'), ChannelError.Magic),
            (packet.With(2, 2), ChannelError.Version),
            (packet.With(3, 0), ChannelError.Kind),
            (packet.With(3, 2), ChannelError.Kind),
            (packet.With(23, 0), ChannelError.Header), // the session is none
            (packet.With(31, 0), ChannelError.Header), // the number is 0
        ];
        foreach (var (bytes, error) in cases)
        {
            Assert.Equal(error, ChannelPacket.TryDecode(bytes, out var header));
            Assert.Equal(default, header);
            Assert.Equal(error, beta.Open(bytes));
        }

        Assert.Equal(ChannelError.Path, beta.Open(packet.With(56, 1)));
        Assert.Equal(ChannelError.Path, beta.Open(alpha.Say(path: 1)));
    }

    [Fact]
    public void Another_key_another_sender_another_receiver_and_the_way_back_do_not_open()
    {
        using var alpha = Alpha();
        var packet = alpha.Say();
        using var otherKey = Beta(null, KeyOf(2));
        Assert.Equal(ChannelError.KeyUnknown, otherKey.Open(packet));
        foreach (var (own, peer) in new[] { ("beta", "gamma"), ("gamma", "alpha"), ("alpha", "beta"), ("eta", "alphab") })
        {
            using var line = new ChannelLine([Key], own, peer, BetaSession);
            Assert.Equal((own, ChannelError.Forged), (own, line.Open(packet)));
        }
    }

    [Fact]
    public void The_longest_content_fits_and_a_longer_one_is_a_bug()
    {
        var (alpha, beta) = Pair();
        var longest = new string('x', ChannelPacket.MaximumContent);
        var packet = alpha.Say(longest);
        Assert.Equal(ChannelPacket.MaximumLength, packet.Length);
        Assert.Equal(ChannelError.None, beta.Open(packet, out _, out var content));
        Assert.Equal(longest, content);
        var next = alpha.Next;
        Assert.Throws<ArgumentOutOfRangeException>(() => alpha.Say(longest + "x"));
        Assert.Equal(next, alpha.Next); // and no number is lost with it
    }

    [Fact]
    public void A_number_is_never_used_twice()
    {
        var (alpha, beta) = Pair();
        alpha.SkipTo(1); // another process has said less than this one
        var next = alpha.Next;
        Assert.True(next > 1);
        Assert.Equal(ChannelError.None, beta.Open(alpha.Say(), out var header));
        Assert.Equal(next, header.Number);
        alpha.SkipTo(ulong.MaxValue);
        Assert.Equal(ChannelError.None, beta.Open(alpha.Say(), out header));
        Assert.Equal((ulong.MaxValue, 0ul), (header.Number, alpha.Next));
        Assert.Empty(alpha.Say());
        alpha.SkipTo(5);
        Assert.Empty(alpha.Say());
        Assert.Throws<ArgumentException>(() => Alpha(ChannelSession.None));
    }

    [Fact]
    public void Sealing_and_opening_allocate_nothing_while_sessions_stay()
    {
        var (alpha, beta) = Pair();
        var (content, datagram) = (new byte[ChannelPacket.MaximumContent], new byte[ChannelPacket.MaximumLength]);
        var opened = 0;
        Assert.Equal(0, WireBytes.AllocatedBy(() =>
        {
            var length = alpha.Seal(Start, ChannelKind.Hello, 0, content.AsSpan(0, 200), datagram);
            opened += beta.TryOpen(Start, 0, datagram.AsSpan(0, length), content, out _, out _) == ChannelError.None ? 1 : 0;
        }));
        Assert.Equal(1100, opened);
    }
}
