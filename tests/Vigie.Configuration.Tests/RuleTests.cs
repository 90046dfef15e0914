using Xunit;

namespace Vigie.Configuration.Tests;

/// <summary>Each rule with a value on its right side and one on its wrong side, and the reason it gives.</summary>
public sealed class RuleTests
{
    [Theory]
    [InlineData("name", "a")]
    [InlineData("name", "A1._-z")]
    [InlineData("name", "51")]
    [InlineData("name", "a23456789012345678901234567890123456789012345678901234567890123")]
    [InlineData("vrid", "1")]
    [InlineData("vrid", "255")]
    [InlineData("interface", "abcdefghijklmno")]
    [InlineData("interface", "eth0.100@x")]
    [InlineData("priority", "1")]
    [InlineData("priority", "254")]
    [InlineData("priority", "'owner'")]
    [InlineData("advertisement_interval", "10ms")]
    [InlineData("advertisement_interval", "40950ms")]
    [InlineData("advertisement_interval", "40.95s")]
    [InlineData("advertisement_interval", "10000us")]
    [InlineData("version", "3")]
    [InlineData("preempt", "{after: 0s}")]
    [InlineData("preempt", "{after: 24h}")]
    [InlineData("accept", "TRUE")]
    [InlineData("addresses", "[10.77.0.100/31, 10.77.0.103/31]")]
    [InlineData("addresses", "[10.77.0.255/23, 10.77.1.0/23, 10.77.1.255/22]")]
    [InlineData("addresses", "[fe80::1/64, fd77::/127]")]
    [InlineData("addresses", "['fd77::1', \"10.77.0.1\"]")]
    [InlineData("peers", "[]")]
    [InlineData("peers", "[fe80::2, 10.77.0.2]")]
    public void A_value_at_the_edge_of_its_rule_is_accepted(string key, string value) =>
        Sample.Accepted(Sample.ReadWith(key, value));

    [Theory]
    [InlineData("name", "-db", "is not a name")]
    [InlineData("name", "\"d b\"", "is not a name")]
    [InlineData("name", "a234567890123456789012345678901234567890123456789012345678901234", "is not a name")]
    [InlineData("name", "\"db\\n\"", "is not a name")]
    [InlineData("name", "~", "has no value")]
    [InlineData("name", "[db]", "found a list")]
    [InlineData("vrid", "0", "from 1 to 255")]
    [InlineData("vrid", "256", "from 1 to 255")]
    [InlineData("vrid", "-1", "from 1 to 255")]
    [InlineData("vrid", "0x33", "from 1 to 255")]
    [InlineData("vrid", "051", "from 1 to 255")]
    [InlineData("vrid", "99999999999999999999", "from 1 to 255")]
    [InlineData("vrid", "'51'", "quotes make it text")]
    [InlineData("interface", "abcdefghijklmnop", "1 to 15 characters")]
    [InlineData("interface", "eth/0", "without '/'")]
    [InlineData("interface", "eth0:1", "':'")]
    [InlineData("interface", "eth 0", "white space")]
    [InlineData("interface", "..", "cannot be the name")]
    [InlineData("priority", "0", "when it leaves")]
    [InlineData("priority", "255", "belongs to the address owner")]
    [InlineData("priority", "256", "from 1 to 254")]
    [InlineData("priority", "ownr", "'owner'")]
    [InlineData("version", "4", "takes 2 or 3")]
    [InlineData("vrid", "", "has no 'vrid'")]
    [InlineData("name", "", "has no 'name'")]
    [InlineData("interface", "", "has no 'interface'")]
    public void A_name_or_number_beyond_its_rule_is_refused_with_the_reason(string key, string value, string reason) =>
        Refused(key, value, reason, 1);

    [Theory]
    [InlineData("addresses", "[]", "has no address")]
    [InlineData("addresses", "10.77.0.100/24", "takes a list")]
    [InlineData("addresses", "[10.77.0.0/24]", "the network itself")]
    [InlineData("addresses", "[10.77.0.255/24]", "broadcast")]
    [InlineData("addresses", "[255.255.255.255]", "broadcast")]
    [InlineData("addresses", "[224.0.0.18]", "multicast")]
    [InlineData("addresses", "[ff02::12/64]", "multicast")]
    [InlineData("addresses", "[127.0.0.1/8]", "loopback")]
    [InlineData("addresses", "['::1']", "loopback")]
    [InlineData("addresses", "[0.0.0.0]", "unspecified")]
    [InlineData("addresses", "['::']", "unspecified")]
    [InlineData("addresses", "[0.0.0.5/24]", "network 0")]
    [InlineData("addresses", "['::ffff:10.77.0.1/128']", "IPv4 address in IPv6 form")]
    [InlineData("addresses", "[fd77::/64]", "anycast")]
    [InlineData("addresses", "[10.77.0.1/0]", "every address")]
    [InlineData("addresses", "[10.77.0.1/33]", "not a prefix length of IPv4")]
    [InlineData("addresses", "[fd77::1/129]", "not a prefix length of IPv6")]
    [InlineData("addresses", "[10.77.0.1/024]", "not a prefix length")]
    [InlineData("addresses", "[10.77.0]", "not an IPv4 or IPv6 address")]
    [InlineData("addresses", "['10.77.0.1 10.77.0.2']", "not one address")]
    [InlineData("addresses", "[10.77.0.1/24, 10.77.0.1/16]", "listed twice")]
    [InlineData("addresses", "", "has no 'addresses'")]
    public void An_address_that_no_host_can_hold_is_refused_with_the_reason(string key, string value, string reason) =>
        Refused(key, value, reason, 1);

    [Theory]
    [InlineData("peers", "[10.77.0.100]", "virtual address")]
    [InlineData("peers", "[10.77.0.2, 10.77.0.2]", "listed twice")]
    [InlineData("peers", "[224.0.0.18]", "multicast")]
    [InlineData("peers", "[10.77.0.2/24]", "prefix length")]
    [InlineData("peers", "[0.0.0.0]", "unspecified")]
    [InlineData("peers", "[beta]", "names are not looked up")]
    public void A_peer_that_is_no_other_host_is_refused_with_the_reason(string key, string value, string reason) =>
        Refused(key, value, reason, 1);

    [Theory]
    [InlineData("advertisement_interval", "1", "has no unit")]
    [InlineData("advertisement_interval", "0ms", "from 10ms to 40950ms")]
    [InlineData("advertisement_interval", "41s", "from 10ms to 40950ms")]
    [InlineData("advertisement_interval", "15ms", "steps of 10ms")]
    [InlineData("advertisement_interval", "10001us", "steps of 10ms")]
    [InlineData("preempt", "30s", "not a time alone")]
    [InlineData("preempt", "{}", "has no 'after'")]
    [InlineData("preempt", "{after: 25h}", "from 0s to 24h")]
    [InlineData("preempt", "{after: -1s}", "negative")]
    [InlineData("preempt", "{for: 1s}", "unknown key 'for'", 2)]
    [InlineData("accept", "yes", "takes true or false")]
    [InlineData("close_connections", "1", "takes true or false")]
    [InlineData("accept", "'true'", "in quotes")]
    [InlineData("accept", "maybe", "takes true or false")]
    [InlineData("authentication", "secret", "not the password alone")]
    [InlineData("authentication", "{}", "has no 'password'", 2)]
    [InlineData("ipv4_checksum", "pseudo", "'message_only' or 'pseudo_header'")]
    public void A_time_or_switch_beyond_its_rule_is_refused_with_the_reason(string key, string value, string reason, int problems = 1) =>
        Refused(key, value, reason, problems);

    [Theory]
    [InlineData("1s")]
    [InlineData("255s")]
    [InlineData("1m")]
    public void Version_two_counts_whole_seconds(string interval) =>
        Sample.Accepted(Sample.Read(Version2(("advertisement_interval", interval))));

    [Theory]
    [InlineData("advertisement_interval", "100ms", "whole seconds")]
    [InlineData("advertisement_interval", "1500ms", "whole seconds")]
    [InlineData("advertisement_interval", "256s", "whole seconds")]
    [InlineData("addresses", "[fd77::100/64]", "version 2 does not know")]
    [InlineData("authentication", "{password: ''}", "0 bytes")]
    [InlineData("authentication", "{password: 123456789}", "9 bytes")]
    [InlineData("authentication", "{password: ééééé}", "10 bytes")]
    [InlineData("authentication", "{password: \"a\\tb\"}", "control character")]
    public void Version_two_refuses_what_its_packets_cannot_say(string key, string value, string reason) =>
        Assert.Contains(reason, Sample.OnlyError(Sample.Read(Version2((key, value)))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_refused_password_is_said_to_travel_in_clear_text() =>
        Assert.Contains("clear text", Sample.OnlyError(Sample.Read(Version2(("authentication", "{password: 123456789}")))).Remedy, StringComparison.Ordinal);

    [Fact]
    public void A_peer_needs_an_address_of_its_family() =>
        Assert.Equal(
            "peer fd77::2 is IPv6, but virtual router 'db' has no IPv6 address: nothing would ever be sent to it",
            Sample.OnlyError(Sample.Read(Sample.Router(("addresses", "[10.77.0.100/24]"), ("peers", "[fd77::2]")))).Message);

    [Fact]
    public void Nobody_is_told_that_a_family_is_missing_while_an_address_cannot_be_read() =>
        Assert.Contains("'fd77:::100/64'",
            Sample.OnlyError(Sample.Read(Sample.Router(("addresses", "[10.77.0.100/24, 'fd77:::100/64']"), ("peers", "[fd77::2]")))).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("false")]
    [InlineData("{after: 30s}")]
    public void An_owner_that_shall_not_preempt_is_warned(string preempt)
    {
        var result = Sample.Read(Sample.Router(("priority", "owner"), ("preempt", preempt)));

        Assert.NotNull(result.Config);
        Assert.Contains("the owner always takes its addresses back", Assert.Single(result.Problems).Message, StringComparison.Ordinal);
        Assert.Equal(ProblemSeverity.Warning, result.Problems[0].Severity);
    }

    private static string Version2(params (string Key, string Value)[] changes) =>
        Sample.Router([("addresses", "[10.77.0.100/24]"), ("version", "2"), .. changes]);

    private static void Refused(string key, string value, string reason, int problems)
    {
        var result = Sample.ReadWith(key, value);

        Assert.Null(result.Config);
        Assert.True(result.Problems.Length == problems, result.Render(color: false));
        Assert.Contains(result.Problems, problem => problem.Message.Contains(reason, StringComparison.Ordinal));
    }
}
