using Vigie.Core.Net;
using Vigie.Daemon.NodeSide;
using Vigie.Linux;
using Vigie.Node.Ports;
using Xunit;

namespace Vigie.Daemon.Tests.NodeSide;

/// <summary>What a new configuration needs of a real kernel, refused at each step by real limits: then everything is as it was.</summary>
public sealed class PreparationTests
{
    private const int Loopback = 1;
    private const string Group4 = "120000E0";
    private const string Group6 = "ff020000000000000000000000000012";

    private static readonly IpAddress Vip = IpAddress.Parse("10.77.0.100");

    private static readonly PreparationPlan Everything = new(7, [new ListeningInterface(Loopback, true, true, Rejoin: false)], [Vip, IpAddress.Parse("fd77::100")])
    {
        RefusedAddresses = [Vip],
        PeerRules = [new PeerRule("db", Loopback, 51, IpFamily.IPv4, [IpAddress.Parse("10.77.0.2")])],
        Addresses = [Adding("10.77.0.101/32", "fd77::101/128")],
    };

    [Fact]
    public void Everything_is_there_after_it_and_the_next_listening_gives_up_what_is_not_needed() => In(kernel =>
    {
        Assert.Equal((7, 0), Prepare(kernel, Everything));
        Assert.True(IsJoined("igmp", Group4) && IsJoined("igmp6", Group6));
        Assert.Equal(["vigie_accept", "vigie_mute", "vigie_mute", "vigie_peers"], Tables());
        Assert.Equal(["10.77.0.101/32", "fd77::101/128"], Addresses(kernel));

        kernel.Work.Answer(new ListeningPlan([new ListeningInterface(Loopback, true, false, false)], [Vip]) { RefusedAddresses = [Vip] });

        Assert.True(IsJoined("igmp", Group4));
        Assert.False(IsJoined("igmp6", Group6));
        Assert.Equal(["vigie_accept", "vigie_mute", "vigie_mute"], Tables());
    });

    [Fact]
    public void A_group_that_is_refused_gives_the_other_one_back() => In(kernel =>
    {
        Write("ipv4/igmp_max_memberships", "0");
        AssertRefused(kernel, Everything, RefusalKind.Group, Errno.ENOBUFS);
    });

    [Fact]
    public void A_filter_that_is_refused_joins_nothing() => In(kernel =>
    {
        Write("core/optmem_max", "0");
        var refused = ((PreparationReport)kernel.Work.Answer(Everything)).Outcome.Refusals;
        Assert.Contains(refused, refusal => refusal is { Kind: RefusalKind.AdvertisementFilter, Error: Errno.ENOMEM, InterfaceIndex: Loopback });
        AssertNothing(kernel);
    });

    [Fact]
    public void An_address_that_is_refused_takes_the_one_before_it_away() => In(kernel =>
    {
        Write("ipv6/conf/lo/disable_ipv6", "1");
        var onlyIPv4 = Everything with { Interfaces = [new ListeningInterface(Loopback, true, false, Rejoin: false)] };
        var refusal = AssertRefused(kernel, onlyIPv4, RefusalKind.Address, Errno.EACCES);
        Assert.Equal("fd77::101/128", refusal.Address.ToString());
    });

    [Fact]
    public void Rules_that_are_refused_leave_those_of_the_running_configuration() => In(kernel =>
    {
        kernel.Work.Answer(new ListeningPlan([], []) { RefusedAddresses = [IpAddress.Parse("10.77.0.50")] });
        var before = List("vigie_accept");
        Assert.Contains("10.77.0.50", before, StringComparison.Ordinal);
        var plan = Everything with { PeerRules = [new PeerRule("db", Loopback, 51, IpFamily.IPv4, [IpAddress.Parse("fd77::2")])] };

        var refusal = AssertRefused(kernel, plan, RefusalKind.PeerRules, 0, "vigie_accept");

        Assert.NotEmpty(refusal.Words);
        Assert.Equal(before, List("vigie_accept"));
    });

    [Fact]
    public void A_table_that_belongs_to_somebody_else_is_a_refusal() => In(kernel =>
    {
        kernel.Work.Answer(new ListeningPlan([], []));
        using var other = Nftables.TryOpen(out _);
        Assert.Null(other!.Run("table inet vigie_accept { flags owner; }"));
        Assert.NotEmpty(AssertRefused(kernel, Everything, RefusalKind.AcceptRules, 0, "vigie_accept").Words);
    });

    [Fact]
    public void What_the_running_configuration_does_without_already_is_not_refused_to_the_new_one() => In(kernel =>
    {
        Write("ipv4/igmp_max_memberships", "0");
        var bad = new PeerRule("db", Loopback, 51, IpFamily.IPv4, [IpAddress.Parse("fd77::2")]);
        var report = (ListeningReport)kernel.Work.Answer(new ListeningPlan([new ListeningInterface(Loopback, true, false, false)], [Vip]) { PeerRules = [bad] });
        Assert.True(report.PeerFilterFailed && report.Outcomes[0].Error == Errno.ENOBUFS);

        Assert.Equal((7, 0), Prepare(kernel, Everything with { PeerRules = [bad with { Vrid = 52 }] }));
    });

    [Fact]
    public void An_interface_that_has_just_gone_is_no_refusal() => In(kernel =>
    {
        var plan = Everything with { Interfaces = [new ListeningInterface(4711, true, true, Rejoin: false)], Addresses = [] };
        Assert.Equal((7, 0), Prepare(kernel, plan));
    });

    private static AddressPlan Adding(params string[] prefixes) =>
        new(0, 1, Loopback, [.. prefixes.Select(IpPrefix.Parse)], prefixes.Length, Present: true, 60);

    private static (int Generation, int Refusals) Prepare(Kernel kernel, PreparationPlan plan)
    {
        var outcome = ((PreparationReport)kernel.Work.Answer(plan)).Outcome;
        return (outcome.Generation, outcome.Refusals.Length);
    }

    private static KernelRefusal AssertRefused(Kernel kernel, PreparationPlan plan, RefusalKind kind, int error, params string[] tables)
    {
        var refusal = Assert.Single(((PreparationReport)kernel.Work.Answer(plan)).Outcome.Refusals);
        Assert.Equal((kind, error), (refusal.Kind, refusal.Error));
        AssertNothing(kernel, tables);
        return refusal;
    }

    private static void AssertNothing(Kernel kernel, params string[] tables)
    {
        Assert.False(IsJoined("igmp", Group4));
        Assert.False(IsJoined("igmp6", Group6));
        Assert.Equal(tables, Tables());
        Assert.Empty(Addresses(kernel));
    }

    private static string[] Addresses(Kernel kernel) =>
        [.. kernel.Routes.DumpAddresses().Where(a => a.Protocol == AddressTag.Value).Select(a => a.Prefix.ToString()).Order(StringComparer.Ordinal)];

    private static bool IsJoined(string file, string group) =>
        File.ReadAllText($"/proc/thread-self/net/{file}").Contains(group, StringComparison.OrdinalIgnoreCase);

    private static string[] Tables()
    {
        using var nftables = Nftables.TryOpen(out _);
        return [.. nftables!.Query("list tables")!.Split('"').Where(word => word.StartsWith("vigie_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    private static string? List(string table)
    {
        using var nftables = Nftables.TryOpen(out _);
        return nftables!.Query($"list table inet {table}");
    }

    // The namespace's own: what is written concerns nobody else.
    private static void Write(string setting, string value) => File.WriteAllText($"/proc/sys/net/{setting}", value);

    private static void In(Action<Kernel> test)
    {
        using var fresh = NetworkNamespace.Create();
        NetworkNamespace.Run(fresh, () =>
        {
            using var kernel = new Kernel();
            test(kernel);
        });
    }

    private sealed class Kernel : IDisposable
    {
        private readonly VrrpSocket _ipv4 = VrrpSocket.Open(IpFamily.IPv4);
        private readonly VrrpSocket _ipv6 = VrrpSocket.Open(IpFamily.IPv6);
        private readonly ArpListener _arp = new();
        private readonly NeighborListener _neighbors = new();

        public Kernel() => Work = new KernelWork(Routes, new Listeners(_ipv4, _ipv6, _arp, _neighbors));

        public RouteSocket Routes { get; } = new();

        public KernelWork Work { get; }

        public void Dispose()
        {
            Work.Dispose();
            foreach (var socket in (FileDescriptor[])[_ipv4, _ipv6, _arp, _neighbors, Routes])
                socket.Dispose();
        }
    }
}
