using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Node.Guarding;
using Vigie.Node.Ports;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>A reload gets all that it needs of the kernel, or changes nothing (docs/decisions/0010-reload-transaction.md).</summary>
public class ReloadTransactionTests
{
    private const int Eth1 = 3;

    private static readonly VirtualRouterConfig Db = Host.Router("db", 51, addresses: "10.77.0.100/24");
    private static readonly VirtualRouterConfig DbWithMore = Host.Router("db", 51, addresses: "10.77.0.100/24 10.77.0.101/24");
    private static readonly VirtualRouterConfig Web = Host.Router("web", 52, addresses: "10.78.0.100/24", on: "eth1");

    [Theory]
    [InlineData(RefusalKind.Group)]
    [InlineData(RefusalKind.AdvertisementFilter)]
    [InlineData(RefusalKind.ClaimFilter)]
    [InlineData(RefusalKind.AcceptRules)]
    [InlineData(RefusalKind.PeerRules)]
    [InlineData(RefusalKind.MuteRules)]
    [InlineData(RefusalKind.Address)]
    [InlineData(RefusalKind.Queue)]
    public void A_refusal_at_any_step_leaves_the_running_configuration_as_if_nothing_had_been_asked(RefusalKind kind)
    {
        var untouched = WithEth1(new Host(Db)).Started();
        var refused = WithEth1(new Host(Db)).Started();
        untouched.Run(12.3);
        refused.Run(12.3);
        refused.PreparationRefusals.Add(new KernelRefusal(kind, Eth1, IpFamily.IPv4, IpPrefix.Parse("10.77.0.101/24"), 105, "no"));

        refused.BeginReload(DbWithMore with { Priority = 10 }, Web);

        Assert.Null(refused.Verdict!.Outcome);
        Assert.Equal((kind, 105, "no"), Assert.Single(refused.Verdict.Refusals) is var r ? (r.Kind, r.Error, r.Words) : default);
        Assert.Equal(Db, Assert.Single(refused.Loop.Config.VirtualRouters));
        // Far enough that a moved phase would show as one advertisement more or less, and a renewal that was left out as an address less.
        foreach (var seconds in (double[])[0.2, 0.3, 0.3, 0.3, 5])
        {
            untouched.Run(seconds);
            refused.Run(seconds);
            var (one, other) = (untouched.Status(), refused.Status());
            Assert.Equal((one.Sent, one.State, one.Since, one.Transitions), (other.Sent, other.State, other.Since, other.Transitions));
            Assert.Equal(untouched.Table, refused.Table);
            Assert.Equal(1, refused.Loop.RouterCount);
        }
    }

    [Fact]
    public void The_refusal_names_the_virtual_routers_that_need_what_was_refused()
    {
        var host = WithEth1(new Host(Db)).Started();
        var guest = Host.Router("guest", 53, addresses: "10.78.0.101/24", on: "eth1");
        host.PreparationRefusals.Add(new KernelRefusal(RefusalKind.Group, Eth1, IpFamily.IPv4, default, 105, ""));

        host.BeginReload(Db, Web, guest, Host.Router("unicast", 54, addresses: "10.78.0.102/24", peers: "10.78.0.2", on: "eth1"));

        Assert.Equal(("web, guest", "eth1"), Assert.Single(host.Verdict!.Refusals) is var refusal ? (refusal.Routers, refusal.Interface) : default);
    }

    [Fact]
    public void What_would_not_be_guarded_any_more_is_refused_without_asking_the_kernel()
    {
        var host = new Host(Db);
        host.Loop.Guard(new RoleBoard(new Memory()));
        host.Started();
        host.Run(5);
        Assert.True(host.Loop.LayBoard("text"u8));
        host.ConfigurationTextLength = RoleBoard.Size;
        host.PreparesAtOnce = false;

        host.BeginReload(DbWithMore);

        Assert.Equal(RefusalKind.Board, Assert.Single(host.Verdict!.Refusals).Kind);
        Assert.Empty(host.Unprepared);
        Assert.Equal(Db, Assert.Single(host.Loop.Config.VirtualRouters));

        // Whoever is not guarded already loses nothing.
        Assert.False(host.Loop.LayBoard(new byte[RoleBoard.Size]));
        host.BeginReload(DbWithMore);
        host.AnswerPreparation();
        Assert.NotNull(host.Verdict!.Outcome);
    }

    [Fact]
    public void A_missing_interface_is_no_refusal()
    {
        var host = new Host(Db).Started();
        host.Run(5);
        host.BeginReload(Db, Web);
        Assert.NotNull(host.Verdict!.Outcome);
        Assert.Equal(Core.Election.RouterState.Fault, host.Status(1).State);
        Assert.Equal(Core.Election.RouterState.Active, host.Status().State);
    }

    [Fact]
    public void Everything_is_asked_for_before_anything_is_touched()
    {
        var host = WithEth1(new Host(Db, Host.Router("old", 60, addresses: "10.77.0.160/24"))).Started();
        host.Run(12.3);
        host.PreparesAtOnce = false;
        host.Chapter("a reload that adds an address to db, removes old and adds web");
        host.BeginReload(DbWithMore, Web with { Accept = false });
        host.Run(0.5);
        Assert.Null(host.Verdict);
        host.Chapter("the kernel has it all");
        host.AnswerPreparation();
        host.Run(0.3);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_kernel_that_does_not_answer_is_given_up_and_what_it_grants_later_is_given_back()
    {
        var host = WithEth1(new Host(Db)).Started();
        host.Run(12.3);
        host.PreparesAtOnce = false;
        host.BeginReload(DbWithMore, Web);
        host.Run(ElectionLoop.PreparationLimit.TotalSeconds - 0.1);
        Assert.Null(host.Verdict);
        host.GrantLate("10.77.0.101/24"); // in the kernel's order before anything that is asked of it from now on

        host.Run(0.2);

        Assert.Equal(RefusalKind.NoAnswer, Assert.Single(host.Verdict!.Refusals).Kind);
        Assert.Equal(Db, Assert.Single(host.Loop.Config.VirtualRouters));
        host.AnswerPreparation(adds: false);
        host.Run(1);
        Assert.Equal(["10.77.0.100/24"], host.Table.Select(a => a.Prefix.ToString()));
        Assert.Equal(1, host.Loop.RouterCount);
    }

    [Fact]
    public void A_role_that_changes_meanwhile_is_prepared_anew_and_a_lost_one_keeps_no_address()
    {
        var host = new Host(Db).Started();
        host.Run(12.3);
        host.PreparesAtOnce = false;
        host.BeginReload(DbWithMore);
        host.Hear("10.77.0.9", 200);
        Assert.Equal(Core.Election.RouterState.Backup, host.Status().State);
        host.AnswerPreparation();
        host.Run(1.5);
        Assert.NotNull(host.Verdict!.Outcome);
        Assert.Empty(host.Table);
        Assert.Equal(2, host.Loop.Config.VirtualRouters[0].Addresses.Length);
    }

    [Fact]
    public void An_interface_that_appears_meanwhile_is_prepared_too()
    {
        var host = new Host(Db).Started();
        host.Run(5);
        host.PreparesAtOnce = false;
        host.BeginReload(Db, Web);
        WithEth1(host);
        host.Link("eth0", running: false);
        host.Link("eth0");
        host.AnswerPreparation();
        Assert.Null(host.Verdict); // what it granted was for other interfaces than there are now
        Assert.Equal(2, Assert.Single(host.Unprepared).Interfaces.Length);
        host.AnswerPreparation();
        Assert.NotNull(host.Verdict!.Outcome);
    }

    [Fact]
    public void A_network_that_never_settles_refuses_the_reload()
    {
        var host = new Host(Db).Started();
        host.Run(5);
        host.PreparesAtOnce = false;
        host.BeginReload(Db, Web);
        for (var attempts = 0; host.Verdict is null; attempts++)
        {
            Assert.True(attempts < 20, "it is prepared for ever");
            host.Link("eth0", running: false);
            host.Link("eth0");
            host.AnswerPreparation();
        }

        Assert.Equal(RefusalKind.Unsettled, Assert.Single(host.Verdict.Refusals).Kind);
        Assert.Equal(Db, Assert.Single(host.Loop.Config.VirtualRouters));
    }

    [Fact]
    public void Whoever_leaves_reloads_no_more()
    {
        var host = new Host(Db).Started();
        host.Run(5);
        host.PreparesAtOnce = false;
        host.BeginReload(DbWithMore);
        host.Leave();
        Assert.Equal(RefusalKind.Leaving, Assert.Single(host.Verdict!.Refusals).Kind);
        host.GrantLate("10.77.0.101/24");
        host.Run(0.1);
        Assert.DoesNotContain("10.77.0.101/24", host.Table.Select(a => a.Prefix.ToString()));
        host.BeginReload(Db);
        Assert.Equal(RefusalKind.Leaving, Assert.Single(host.Verdict!.Refusals).Kind);
    }

    [Fact]
    public void A_further_reload_takes_the_place_of_one_that_is_under_way()
    {
        var host = WithEth1(new Host(Db)).Started();
        host.Run(5);
        host.PreparesAtOnce = false;
        host.BeginReload(DbWithMore);
        host.BeginReload(Db, Web);
        host.AnswerPreparation();
        Assert.Null(host.Verdict);
        host.AnswerPreparation();
        Assert.Equal(["web"], host.Verdict!.Outcome!.Added);
        host.Run(0.1);
        Assert.Equal(["10.77.0.100/24"], host.Table.Select(a => a.Prefix.ToString()));
    }

    private sealed class Memory : IBoardMemory
    {
        private readonly byte[] _bytes = new byte[RoleBoard.Size];

        public Span<byte> Bytes => _bytes;
    }

    private static Host WithEth1(Host host)
    {
        host.Link("eth1", index: Eth1, mac: Host.Mac("02:00:00:00:01:01"));
        host.Address("10.78.0.1/24", index: Eth1);
        return host;
    }
}
