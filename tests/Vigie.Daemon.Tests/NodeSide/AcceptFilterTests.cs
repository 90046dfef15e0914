using Vigie.Core.Net;
using Vigie.Daemon.NodeSide;
using Vigie.Linux;
using Xunit;

namespace Vigie.Daemon.Tests.NodeSide;

/// <summary>Accept mode off: the rules handed to the kernel, and the kernel taking them.</summary>
public sealed class AcceptFilterTests
{
    [Fact]
    public void Neighbour_discovery_passes_before_anything_is_dropped()
    {
        var script = AcceptFilter.Script([IpAddress.Parse("10.77.0.100"), IpAddress.Parse("fd77::100"), IpAddress.Parse("fd77::101")]);

        Assert.Equal(
            """
            add table inet vigie_accept
            delete table inet vigie_accept
            table inet vigie_accept {
              chain input {
                type filter hook input priority filter - 10; policy accept;
                ip daddr { 10.77.0.100 } drop
                ip6 daddr { fd77::100, fd77::101 } icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
                ip6 daddr { fd77::100, fd77::101 } drop
              }
            }

            """, script);
    }

    [Fact]
    public void Refusing_nothing_removes_the_table()
    {
        Assert.Equal("add table inet vigie_accept\ndelete table inet vigie_accept\n", AcceptFilter.Script([]));
    }

    [Fact]
    public void The_kernel_takes_the_rules_and_gives_them_up_again()
    {
        using var fresh = NetworkNamespace.Create();
        NetworkNamespace.Run(fresh, () =>
        {
            var filter = new AcceptFilter();
            Assert.Null(filter.Apply([IpAddress.Parse("10.77.0.100"), IpAddress.Parse("fd77::100")]));
            using var nftables = Nftables.TryOpen(out _);
            Assert.Null(nftables!.Run("list table inet vigie_accept"));
            Assert.Null(filter.Apply([]));
            Assert.Contains("No such file", nftables.Run("list table inet vigie_accept"), StringComparison.Ordinal);
        });
    }
}
