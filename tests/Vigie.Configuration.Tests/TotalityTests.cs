using CsCheck;
using Xunit;

namespace Vigie.Configuration.Tests;

/// <summary>No text makes the reader throw, hang, or accept and refuse at once; and every problem can be shown.</summary>
public sealed class TotalityTests
{
    private const string Seed = """
        node: alpha
        virtual_routers:
          - name: db
            vrid: 51
            interface: eth0
            addresses: [10.77.0.100/24, fd77::100/64]
            priority: owner
            advertisement_interval: 100ms
            version: 2
            preempt: {after: 1m30s}
            accept: true
            peers:
              - 10.77.0.2
            authentication: {password: "secret"}
            strict_addresses: false
            ipv4_checksum: 'pseudo_header'
        """;

    private static readonly Gen<string> Fragment = Gen.OneOf(
        Gen.OneOf("\t", "\n", "\r", " ", "  ", "- ", ": ", ":", "[", "]", "{", "}", "\"", "'", "\\", "#", "&a ", "*a", "!t ", "<<: ", "---\n",
            "...\n", "%YAML 9.9\n", "? ", "| \n", ">\n", "\0", "\u0085", "\u2028", "\uD800", "\uFEFF", "~", ",", "\e[31m", "\"\\x\"", "vrid: 1\n", "1ms"),
        Gen.String[0, 3]);

    [Fact]
    public void Random_text_never_throws() => Gen.String.Sample(IsAnswered, iter: 3000);

    [Fact]
    public void Random_pieces_of_YAML_never_throw() =>
        Fragment.Array[0, 40].Sample(pieces => IsAnswered(string.Concat(pieces)), iter: 10_000);

    [Fact]
    public void A_configuration_with_random_damage_never_throws() =>
        Gen.Select(Gen.Int[0, Seed.Length - 1], Gen.Int[0, 12], Fragment).Array[1, 5].Sample(
            damages =>
            {
                var text = Seed;
                foreach (var (at, length, piece) in damages)
                {
                    var from = Math.Min(at, text.Length);
                    text = text.Remove(from, Math.Min(length, text.Length - from)).Insert(from, piece);
                }

                return IsAnswered(text);
            },
            iter: 3000);

    [Fact]
    public void A_configuration_cut_anywhere_never_throws()
    {
        for (var length = 0; length <= Seed.Length; length++)
            Assert.True(IsAnswered(Seed[..length]), $"cut to {length} characters");
    }

    private static bool IsAnswered(string text)
    {
        var result = ConfigurationReader.Read(text, "vigie.yaml", "host");
        var lines = text.Split(["\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029"], StringSplitOptions.None).Length;
        var shown = result.Render(color: false);
        return (result.Config is null) == (result.ErrorCount > 0)
            && result.Problems.All(problem => problem.Span.Line >= 0 && problem.Span.Line <= lines && problem.Message.Length > 0)
            && result.Problems.All(problem => problem.Span.Line == 0 || problem.Span.Column >= 1)
            && !shown.Any(character => char.IsControl(character) && character != '\n');
    }
}
