using Vigie.Contract;
using Vigie.Core.Net;
using Vigie.Daemon.NodeSide;
using Vigie.Daemon.ReleaseSide;
using Vigie.Linux;
using Vigie.Node.Ports;
using Xunit;

namespace Vigie.Daemon.Tests.ReleaseSide;

/// <summary>`vigie release` after a crash: the packet-filter tables of the dead daemon go, those of others stay.</summary>
public sealed class ReleaseTablesTests
{
    [Fact]
    public void The_tables_of_a_dead_daemon_are_removed_and_no_others()
    {
        using var fresh = NetworkNamespace.Create();
        var folder = Directory.CreateTempSubdirectory("vigie-release-");
        try
        {
            NetworkNamespace.Run(fresh, () =>
            {
                using var nftables = Nftables.TryOpen(out _);
                Assert.Null(nftables!.Run("add table inet somebody_else"));
                Assert.Null(new PeerFilter().Apply([new PeerRule("db", 1, 51, IpFamily.IPv4, [IpAddress.Parse("10.77.0.2")])]));
                using (var mute = new MuteFilter())
                    Assert.Null(mute.Apply([IpAddress.Parse("10.77.0.100"), IpAddress.Parse("fd77::100")], muted: true));
                Assert.Equal(["vigie_mute", "vigie_mute", "vigie_peers"], OursIn(nftables));

                using var output = new StringWriter();
                using var error = new StringWriter();
                var exit = ReleaseCommand.Run(
                    new ReleaseOptions
                    {
                        ConfigFile = Path.Combine(folder.FullName, "none.yaml"), Socket = Path.Combine(folder.FullName, "vigie.sock"), Force = true,
                        StateDirectory = folder.FullName,
                    }, output, error);

                Assert.Equal(ExitCode.Configuration, exit);
                Assert.DoesNotContain("stay", error.ToString(), StringComparison.Ordinal);
                Assert.Empty(OursIn(nftables));
                Assert.Contains("somebody_else", nftables.Query("list tables"), StringComparison.Ordinal);
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Where_nothing_was_left_there_is_nothing_to_report()
    {
        using var fresh = NetworkNamespace.Create();
        NetworkNamespace.Run(fresh, () => Assert.Null(MuteFilter.RemoveLeftOvers()));
    }

    private static IEnumerable<string> OursIn(Nftables nftables) =>
        nftables.Query("list tables")!.Split('"').Where(word => word.StartsWith("vigie_", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
