using Vigie.Core.Net;
using Vigie.Daemon.ControlSide;
using Vigie.Daemon.NodeSide;
using Vigie.Linux;
using Vigie.Node.Ports;
using Xunit;

namespace Vigie.Daemon.Tests.NodeSide;

/// <summary>Advertisements of strangers end in the kernel: the rules, the kernel taking them, and their counters.</summary>
public sealed class PeerFilterTests
{
    private static readonly PeerRule OnLoopback4 = new("db", 1, 51, IpFamily.IPv4, [IpAddress.Parse("10.77.0.2"), IpAddress.Parse("10.77.0.3")]);
    private static readonly PeerRule OnLoopback6 = new("db", 1, 51, IpFamily.IPv6, [IpAddress.Parse("fd77::2")]);

    [Fact]
    public void Each_virtual_router_and_family_has_a_rule_and_both_share_a_counter()
    {
        Assert.Equal(
            """
            add table inet vigie_peers
            delete table inet vigie_peers
            table inet vigie_peers {
              counter r6462 { }
              chain input {
                type filter hook input priority raw - 10; policy accept;
                iif 1 meta l4proto 112 @th,8,8 51 ip saddr != { 10.77.0.2, 10.77.0.3 } limit rate over 1/minute burst 1 packets counter name r6462 drop
                iif 1 meta l4proto 112 @th,8,8 51 ip6 saddr != { fd77::2 } limit rate over 1/minute burst 1 packets counter name r6462 drop
              }
            }

            """, PeerFilter.Script([OnLoopback4, OnLoopback6]));
        Assert.Equal("add table inet vigie_peers\ndelete table inet vigie_peers\n", PeerFilter.Script([]));
    }

    [Fact]
    public void The_kernel_takes_the_rules_counts_and_gives_them_up_again()
    {
        using var fresh = NetworkNamespace.Create();
        NetworkNamespace.Run(fresh, () =>
        {
            var filter = new PeerFilter();
            Assert.Null(filter.Apply([OnLoopback4, OnLoopback6 with { Router = "\"web\" 2;" }]));
            Assert.Equal(
                [(PeerFilter.Counter("\"web\" 2;"), 0L), (PeerFilter.Counter("db"), 0L)],
                FilteredCounts.Read().Select(c => (c.Key, c.Value)).OrderBy(c => c.Key, StringComparer.Ordinal));
            Assert.Null(filter.Apply([]));
            Assert.Empty(FilteredCounts.Read());
            using var nftables = Nftables.TryOpen(out _);
            Assert.Contains("No such file", nftables!.Run("list table inet vigie_peers"), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_kernel_that_refuses_the_rules_is_reported()
    {
        using var fresh = NetworkNamespace.Create();
        NetworkNamespace.Run(fresh, () => Assert.NotNull(new PeerFilter().Apply([OnLoopback4 with { Peers = [IpAddress.Parse("fd77::2")] }])));
    }

    [Fact]
    public void Counters_are_read_from_what_nftables_prints()
    {
        const string Answer = """
            {"nftables": [{"metainfo": {"version": "1.0.6"}}, {"counter": {"family": "inet", "name": "r6462", "table": "vigie_peers", "packets": 7, "bytes": 280}}]}
            """;
        Assert.Equal(new FilteredCount(7, 280), FilteredCounts.Parse(Answer)["r6462"]);
    }

    [Fact]
    public void Other_rules_go_on_counting_where_the_last_ones_were()
    {
        using var fresh = NetworkNamespace.Create();
        NetworkNamespace.Run(fresh, () =>
        {
            var filter = new PeerFilter();
            Assert.Null(filter.Apply([OnLoopback4]));
            using var nftables = Nftables.TryOpen(out _);
            // As if seven had been thrown away.
            Assert.Null(nftables!.Run(PeerFilter.Script([OnLoopback4], new Dictionary<string, FilteredCount> { [PeerFilter.Counter("db")] = new(7, 280) })));

            Assert.Null(filter.Apply([OnLoopback4, OnLoopback6 with { Router = "web", Vrid = 52 }]));

            Assert.Equal((7L, 0L), (FilteredCounts.Read()[PeerFilter.Counter("db")], FilteredCounts.Read()[PeerFilter.Counter("web")]));
        });
    }
}
