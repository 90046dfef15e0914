using CsCheck;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Wire;

/// <summary>The one's complement sum, against the worked example of RFC 1071 and a plain second reading of it.</summary>
public sealed class InternetChecksumTests
{
    [Fact]
    public void The_example_of_RFC_1071_sums_to_its_result()
    {
        var sum = InternetChecksum.Add(0, [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]);
        Assert.Equal(0xddf2, InternetChecksum.Fold(sum));
        Assert.Equal(0x220d, InternetChecksum.Finish(sum));
    }

    [Fact]
    public void Any_bytes_sum_as_they_do_word_by_word() =>
        Gen.Byte.Array[0, 300].Sample(bytes =>
            Assert.Equal(VrrpPacketBuilder.PlainChecksum(bytes), InternetChecksum.Finish(InternetChecksum.Add(0, bytes))));

    [Fact]
    public void A_message_may_be_summed_in_pieces_of_even_length() =>
        Gen.Select(Gen.Byte.Array[0, 50], Gen.Byte.Array[0, 50]).Sample((first, second) =>
        {
            first = first[..(first.Length & ~1)];
            var whole = InternetChecksum.Add(0, [.. first, .. second]);
            var pieces = InternetChecksum.Add(InternetChecksum.Add(0, first), second);
            Assert.Equal(InternetChecksum.Fold(whole), InternetChecksum.Fold(pieces));
        });

    [Theory]
    [InlineData(0xFFFFul)]
    [InlineData(0xFFFF_FFFFul)]
    [InlineData(0xFFFF_FFFF_FFFF_FFFFul)]
    [InlineData(0xFFFE_FFFF_FFFE_FFFFul)]
    public void Folding_carries_every_overflow_round(ulong sum) => Assert.Equal(sum % 0xFFFF, InternetChecksum.Fold(sum) % 0xFFFFul);

    [Fact]
    public void Pseudo_headers_sum_as_their_bytes_do()
    {
        var v4 = InternetChecksum.PseudoHeader(IpAddress.Parse("192.0.2.1"), IpAddress.Parse("224.0.0.18"), 112, 16);
        Assert.Equal(VrrpPacketBuilder.PlainChecksum(WireBytes.FromHex("c0000201 e0000012 00 70 0010")), InternetChecksum.Finish(v4));

        var v6 = InternetChecksum.PseudoHeader(IpAddress.Parse("2001:db8:1:2:3:4:5:6"), IpAddress.Parse("ff02::12"), 112, 0x10028);
        Assert.Equal(
            VrrpPacketBuilder.PlainChecksum(WireBytes.FromHex("""
                20010db8000100020003000400050006 ff020000000000000000000000000012 00010028 000000 70
                """)),
            InternetChecksum.Finish(v6));
    }
}
