using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Configuration.Tests;

/// <summary>Every limit holds exactly where it says, and a hostile file costs no more than its own size.</summary>
public sealed class LimitTests
{
    [Fact]
    public void As_many_addresses_as_fit_one_packet_are_accepted()
    {
        Assert.Equal(255, ConfigurationLimits.IPv4AddressesPerAdvertisement);
        Assert.Equal(90, ConfigurationLimits.IPv6AddressesPerAdvertisement);
        Assert.InRange(40 + VrrpCodec.HeaderLength + 90 * 16, 0, 1500);
        Assert.InRange(40 + VrrpCodec.HeaderLength + 91 * 16, 1501, int.MaxValue);

        var router = Sample.Accepted(Sample.ReadWith("addresses", Addresses(255, 90)));
        Assert.Equal(345, router.Addresses.Length);
    }

    [Theory]
    [InlineData(256, 0, "256 IPv4 addresses; 255 fit", 256)]
    [InlineData(400, 0, "400 IPv4 addresses; 255 fit", 256)]
    [InlineData(0, 91, "91 IPv6 addresses; 90 fit", 91)]
    public void One_address_more_is_refused_with_a_remedy(int fours, int sixes, string message, int blamed)
    {
        var value = Addresses(fours, sixes);

        var problem = Sample.OnlyError(Sample.ReadWith("addresses", value));

        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains("split them over several virtual routers", problem.Remedy, StringComparison.Ordinal);
        var line = "    addresses: " + value;
        Assert.Equal(blamed, line[..(problem.Span.Column - 1)].Count(character => character == ',') + 1);
    }

    [Fact]
    public void The_number_of_virtual_routers_is_limited()
    {
        Assert.Equal(4096, Sample.Read(Routers(4096)).Config!.VirtualRouters.Length);
        Assert.Equal("'virtual_routers' holds 4097 items; the limit is 4096", Sample.OnlyError(Sample.Read(Routers(4097))).Message);
    }

    [Fact]
    public void The_number_of_peers_is_limited()
    {
        Assert.Equal(255, Sample.Accepted(Sample.ReadWith("peers", Peers(255))).Peers.Length);
        Assert.Equal("'peers' holds 256 items; the limit is 255", Sample.OnlyError(Sample.ReadWith("peers", Peers(256))).Message);
    }

    [Fact]
    public void The_size_of_the_file_is_limited()
    {
        var text = "virtual_routers:\n" + Sample.Router() + "#";

        Assert.NotNull(ConfigurationReader.Read(text.PadRight(1 << 20, 'x'), "vigie.yaml", "host").Config);
        Assert.Equal("the file is larger than 1 MiB",
            Sample.OnlyError(ConfigurationReader.Read(text.PadRight((1 << 20) + 1, 'x'), "vigie.yaml", "host")).Message);
    }

    [Fact]
    public void Deep_nesting_is_refused_once_and_costs_no_stack()
    {
        var result = ConfigurationReader.Read("virtual_routers: " + new string('[', 5000) + new string(']', 5000), "vigie.yaml", "host");

        Assert.Contains(result.Problems, problem => problem.Message == "lists and mappings are nested more than 16 deep");
        Assert.Null(result.Config);
    }

    [Fact]
    public void Aliases_cannot_multiply_a_small_file()
    {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
            + string.Concat(Enumerable.Range(1, 30).Select(level =>
                $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 9))}]\n"));

        var result = ConfigurationReader.Read(text, "vigie.yaml", "host");

        Assert.Null(result.Config);
        Assert.Equal(30 * 9, result.Problems.Count(problem => problem.Message == "aliases are not supported"));
        Assert.Equal(31, result.Problems.Count(problem => problem.Message == "anchors are not supported"));
    }

    [Fact]
    public void The_number_of_reported_problems_is_limited_and_says_so()
    {
        var result = ConfigurationReader.Read(string.Concat(Enumerable.Range(0, 100_000).Select(index => $"k{index}: 1\n")), "vigie.yaml", "host");

        Assert.Equal(1001, result.Problems.Length);
        Assert.Equal("unknown key 'k0'", result.Problems[0].Message);
        Assert.Equal($"{100_000 - 1000 + 1} more problems are not shown (limit: 1000)", result.Problems[^1].Message);
    }

    private static string Addresses(int fours, int sixes) =>
        $"[{string.Join(", ", Enumerable.Range(0, fours).Select(index => $"10.77.{1 + index / 200}.{1 + index % 200}/16")
            .Concat(Enumerable.Range(1, sixes).Select(index => $"fd77::{index:x}/64")))}]";

    private static string Peers(int count) =>
        $"[{string.Join(", ", Enumerable.Range(0, count).Select(index => $"10.78.{index / 200}.{1 + index % 200}"))}]";

    private static string[] Routers(int count) =>
        [.. Enumerable.Range(0, count).Select(index => Sample.Router(
            ("name", $"r{index}"), ("vrid", $"{1 + index % 255}"), ("interface", $"eth{index / 255}"),
            ("addresses", $"[10.77.{1 + index / 200}.{1 + index % 200}/16]")))];
}
