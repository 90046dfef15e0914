using System.Collections.Immutable;
using Vigie.Core.Peers;
using Xunit;

namespace Vigie.Core.Tests.Peers;

/// <summary>The text of key files, and every mistake in it.</summary>
public sealed class ClusterKeyFileTests
{
    private static readonly string s_one = Digits(1);
    private static readonly string s_two = Digits(2);

    [Fact]
    public void What_is_written_is_read_and_the_order_is_kept()
    {
        byte[] secret = [.. Enumerable.Range(0, ClusterKey.Length).Select(i => (byte)i)];
        Assert.Null(ClusterKeyFile.TryRead(ClusterKeyFile.Write(secret), out var keys));
        Assert.True(Assert.Single(keys).IsSameAs(ClusterKey.FromBytes(secret)));

        Assert.Null(ClusterKeyFile.TryRead($"# old\n{s_two}\r\n\n  {s_one.ToUpperInvariant()}  \n# end", out keys));
        Assert.Equal([KeyOf(s_two).Number, KeyOf(s_one).Number], keys.Select(key => key.Number));
    }

    [Theory]
    [InlineData("", 0, KeyFileProblem.Empty)]
    [InlineData("# nothing\n\n", 0, KeyFileProblem.Empty)]
    [InlineData("# a\n0123", 2, KeyFileProblem.Length)]
    [InlineData("{1}0", 1, KeyFileProblem.Length)]
    [InlineData("{1}\nz{-}", 2, KeyFileProblem.Digits)]
    [InlineData("\uff11{-}", 1, KeyFileProblem.Digits)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 1, KeyFileProblem.Guessable)]
    [InlineData("{1}\nabababababababababababababababababababababababababababababababab", 2, KeyFileProblem.Guessable)]
    [InlineData("{1}\n{2}\n\n{1}", 4, KeyFileProblem.Twice)]
    public void A_fault_names_its_line(string text, int line, KeyFileProblem problem)
    {
        text = text.Replace("{1}", s_one, StringComparison.Ordinal).Replace("{2}", s_two, StringComparison.Ordinal).Replace("{-}", s_one[1..], StringComparison.Ordinal);
        Assert.Equal(new KeyFileFault(line, problem), ClusterKeyFile.TryRead(text, out var keys));
        Assert.Equal(ImmutableArray<ClusterKey>.Empty, keys);
    }

    [Fact]
    public void There_is_room_for_some_keys_and_no_more()
    {
        var text = string.Join('\n', Enumerable.Range(1, ClusterKeyFile.MostKeys).Select(i => Digits((byte)i)));
        Assert.Null(ClusterKeyFile.TryRead(text, out var keys));
        Assert.Equal(ClusterKeyFile.MostKeys, keys.Length);
        Assert.Equal(new KeyFileFault(ClusterKeyFile.MostKeys + 1, KeyFileProblem.TooMany), ClusterKeyFile.TryRead($"{text}\n{Digits(99)}", out _));
    }

    [Fact]
    public void A_key_has_its_length_and_no_other() =>
        Assert.All([0, 31, 33], length =>
        {
            Assert.Throws<ArgumentException>(() => ClusterKey.FromBytes(new byte[length]));
            Assert.Throws<ArgumentOutOfRangeException>(() => ClusterKeyFile.Write(new byte[length]));
        });

    private static string Digits(byte seed) => Convert.ToHexStringLower([.. Enumerable.Range(0, ClusterKey.Length).Select(i => (byte)(seed * 31 + i * 7))]);

    private static ClusterKey KeyOf(string digits) => ClusterKey.FromBytes(Convert.FromHexString(digits));
}
