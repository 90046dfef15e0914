using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Configuration.Tests;

/// <summary>What right configurations mean.</summary>
public sealed class ConfigurationReaderTests
{
    private const string Full = """
        node: alpha                         # default: host name
        virtual_routers:
          - name: db
            vrid: 51
            interface: eth0
            addresses: [10.77.0.100/24, fd77::100/64]   # one or both families
            priority: 150                   # 1-254 or owner; default 100
            advertisement_interval: 100ms   # default 1s; version 3: multiples of 10ms up to 40950ms; version 2: whole seconds 1s-255s
            version: 3                      # 2 or 3; default 3
            preempt: true                   # true (default), false, or {after: 30s}
            accept: true                    # default
            peers: [10.77.0.2, 10.77.0.3]   # unicast, per family; a family without peers uses multicast
            authentication: {password: secret}   # version 2 only
            strict_addresses: false
        """;

    [Fact]
    public void The_full_example_is_read_as_it_says()
    {
        var result = ConfigurationReader.Read(Full, "vigie.yaml", "host");

        // Version 3 has no authentication: the example shows the key, so it is a warning and the password is not used.
        Assert.Equal("'authentication' has no effect: version 3 has none (RFC 9568 9)", Assert.Single(result.Problems).Message);
        Assert.Equal(ProblemSeverity.Warning, result.Problems[0].Severity);
        Assert.Equal("alpha", result.Config!.Node);
        Assert.Equal(
            new VirtualRouterConfig
            {
                Name = "db",
                Vrid = 51,
                Interface = "eth0",
                Addresses = [IpPrefix.Parse("10.77.0.100/24"), IpPrefix.Parse("fd77::100/64")],
                Priority = 150,
                AdvertisementInterval = TimeSpan.FromMilliseconds(100),
                Version = VrrpVersion.V3,
                Preempt = PreemptConfig.Always,
                Accept = true,
                Peers = [IpAddress.Parse("10.77.0.2"), IpAddress.Parse("10.77.0.3")],
                Password = null,
                StrictAddresses = false,
                Ipv4Checksum = Ipv4ChecksumForm.PseudoHeader,
            },
            Assert.Single(result.Config.VirtualRouters));
    }

    [Fact]
    public void The_smallest_configuration_takes_the_defaults()
    {
        var result = Sample.Read(Sample.Router());

        Assert.Equal("host", result.Config!.Node);
        Assert.Equal(
            new VirtualRouterConfig
            {
                Name = "db",
                Vrid = 51,
                Interface = "eth0",
                Addresses = [IpPrefix.Parse("10.77.0.100/24"), IpPrefix.Parse("fd77::100/64")],
                Priority = 100,
                AdvertisementInterval = TimeSpan.FromSeconds(1),
                Version = VrrpVersion.V3,
                Preempt = PreemptConfig.Always,
                Accept = true,
                Peers = [],
                Password = null,
                StrictAddresses = false,
                Ipv4Checksum = Ipv4ChecksumForm.PseudoHeader,
            },
            Sample.Accepted(result));
    }

    [Fact]
    public void Version_two_takes_a_password_and_whole_seconds()
    {
        var router = Sample.Accepted(Sample.Read(Sample.Router(
            ("version", "2"), ("addresses", "[10.77.0.100/24]"), ("authentication", "{password: 12345678}"), ("advertisement_interval", "255s"))));

        Assert.Equal(VrrpVersion.V2, router.Version);
        Assert.Equal("12345678", router.Password);
        Assert.Equal(TimeSpan.FromSeconds(255), router.AdvertisementInterval);
    }

    [Fact]
    public void The_owner_has_priority_255() =>
        Assert.Equal(255, Sample.Accepted(Sample.ReadWith("priority", "owner")).Priority);

    [Fact]
    public void Preemption_can_be_refused_or_delayed()
    {
        Assert.Equal(PreemptConfig.Never, Sample.Accepted(Sample.ReadWith("preempt", "false")).Preempt);
        Assert.Equal(PreemptConfig.Delayed(TimeSpan.FromSeconds(30)), Sample.Accepted(Sample.ReadWith("preempt", "{after: 30s}")).Preempt);
        Assert.Equal(PreemptConfig.Delayed(TimeSpan.FromSeconds(90)), Sample.Accepted(Sample.ReadWith("preempt", "{after: 1m30s}")).Preempt);
    }

    [Fact]
    public void The_remaining_switches_are_read()
    {
        var router = Sample.Accepted(Sample.Read(Sample.Router(("accept", "false"), ("strict_addresses", "true"), ("close_connections", "true"), ("ipv4_checksum", "message_only"))));
        Assert.True(router.CloseConnections);
        Assert.False(Sample.Accepted(Sample.Read(Sample.Router())).CloseConnections);

        Assert.False(router.Accept);
        Assert.True(router.StrictAddresses);
        Assert.Equal(Ipv4ChecksumForm.MessageOnly, router.Ipv4Checksum);
    }

    [Fact]
    public void An_address_without_a_length_stands_alone() =>
        Assert.Equal(
            [IpPrefix.Parse("10.77.0.100/32"), IpPrefix.Parse("fd77::100/128")],
            Sample.Accepted(Sample.ReadWith("addresses", "[10.77.0.100, fd77::100]")).Addresses);

    [Fact]
    public void The_order_of_addresses_and_routers_is_kept()
    {
        var result = Sample.Read(
            Sample.Router(("addresses", "[fd77::2/64, 10.77.0.9/24, fe80::1/64, 10.77.0.1/24]")),
            Sample.Router(("name", "a"), ("vrid", "50"), ("addresses", "[10.77.0.2/24]")));

        Assert.Equal(["db", "a"], result.Config!.VirtualRouters.Select(router => router.Name));
        Assert.Equal("fd77::2/64 10.77.0.9/24 fe80::1/64 10.77.0.1/24", string.Join(' ', result.Config.VirtualRouters[0].Addresses));
    }

    [Theory]
    [InlineData("eth1", "51")]
    [InlineData("eth0", "52")]
    public void Two_routers_may_share_either_the_interface_or_the_vrid(string secondInterface, string secondVrid) =>
        Assert.NotNull(Sample.Read(
            Sample.Router(),
            Sample.Router(("name", "web"), ("interface", secondInterface), ("vrid", secondVrid), ("addresses", "[10.77.0.101/24]"))).Config);

    [Fact]
    public void One_vrid_serves_an_IPv4_and_an_IPv6_router_on_one_interface() =>
        Assert.NotNull(Sample.Read(
            Sample.Router(("addresses", "[10.77.0.100/24]")),
            Sample.Router(("name", "six"), ("addresses", "[fd77::100/64]"))).Config);

    [Theory]
    [InlineData("\uFEFF")]
    [InlineData("%YAML 1.2\n---\n")]
    [InlineData("---\n")]
    [InlineData("# remark\n\n")]
    public void What_editors_put_in_front_changes_nothing(string start) =>
        Assert.NotNull(ConfigurationReader.Read(start + "virtual_routers:\n" + Sample.Router(), "vigie.yaml", "host").Config);

    [Fact]
    public void Line_ends_of_other_systems_change_nothing()
    {
        var result = ConfigurationReader.Read(Full.ReplaceLineEndings("\r\n"), "vigie.yaml", "host");

        Assert.Equal(ConfigurationReader.Read(Full.ReplaceLineEndings("\n"), "vigie.yaml", "host").Config!.VirtualRouters, result.Config!.VirtualRouters);
        Assert.Equal(new TextSpan(13, 5, "authentication".Length), Assert.Single(result.Problems).Span);
    }

    [Fact]
    public void A_host_without_virtual_routers_is_accepted_with_a_warning()
    {
        var result = ConfigurationReader.Read("virtual_routers: []\n", "vigie.yaml", "host");

        Assert.Empty(result.Config!.VirtualRouters);
        Assert.Equal(ProblemSeverity.Warning, Assert.Single(result.Problems).Severity);
    }
}
