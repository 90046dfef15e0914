using System.Text.Json;
using Vigie.Contract;
using Xunit;

namespace Vigie.Cli.Tests;

/// <summary>What <c>vigie status</c> shows, character for character.</summary>
public sealed class StatusVerbTests
{
    private static readonly VirtualRouterStatus Db = new()
    {
        Name = "db", Vrid = 51, Interface = "eth0", Version = 3, State = VirtualRouterState.Active, Priority = 150,
        Addresses = [new("10.77.0.100/24", true)], Active = "10.77.0.1", Since = CommandRun.Now - TimeSpan.FromSeconds(192),
        Reason = "nobody else advertised",
    };

    private static readonly VirtualRouterStatus Web = new()
    {
        Name = "web", Vrid = 52, Interface = "eth1", Version = 3, State = VirtualRouterState.Backup, Priority = 100,
        Addresses = [new("10.77.1.100/24", false), new("10.77.1.101/24", false)], Active = "10.77.1.2",
        Since = CommandRun.Now - TimeSpan.FromDays(4.125), Reason = "heard",
    };

    private static readonly VirtualRouterStatus Broken = Web with
    {
        Name = "mail", Vrid = 53, Interface = "eth9", State = VirtualRouterState.Fault, Active = null, Since = CommandRun.Now,
        Reason = "interface eth9 does not exist", Remedy = "create the interface, or correct 'interface'", Addresses = [new("10.77.9.1/24", false)],
    };

    [Fact]
    public async Task A_wide_window_shows_one_table()
    {
        await using var daemon = Serving(Db, Web, Broken);

        var run = CommandRun.With(context => context with { Terminal = context.Terminal with { Width = 130 } }, "status", "--socket", daemon.SocketPath);

        Assert.Equal(
            """
            alpha: Vigie 0.1.0, up 2h 5m, kernel 6.1.0, real-time, memory not locked

            NAME  STATE   VRID  INTERFACE  PRIO  ADDRESSES         ACTIVE     SINCE   REASON
            db    active  51    eth0       150   ● 10.77.0.100/24  this host  3m 12s  nobody else advertised
            web   backup  52    eth1       100   ○ 10.77.1.100/24  10.77.1.2  4d 3h   heard
                                                 ○ 10.77.1.101/24
            mail  fault   53    eth9       100   ○ 10.77.9.1/24    -          0s      interface eth9 does not exist

            ● on this host  ○ not on this host

            mail is in fault: interface eth9 does not exist
              = create the interface, or correct 'interface'

            """, run.Output);
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Eighty_columns_show_the_reasons_below_the_table()
    {
        await using var daemon = Serving(Db, Web);

        var run = CommandRun.Of("status", "--socket", daemon.SocketPath);

        Assert.Equal(
            """
            alpha: Vigie 0.1.0, up 2h 5m, kernel 6.1.0, real-time, memory not locked

            NAME  STATE   VRID  INTERFACE  PRIO  ADDRESSES         ACTIVE     SINCE
            db    active  51    eth0       150   ● 10.77.0.100/24  this host  3m 12s
            web   backup  52    eth1       100   ○ 10.77.1.100/24  10.77.1.2  4d 3h
                                                 ○ 10.77.1.101/24

            db: nobody else advertised
            web: heard

            ● on this host  ○ not on this host

            """, run.Output);
    }

    [Fact]
    public async Task Long_addresses_in_eighty_columns_show_a_paragraph_for_each_router()
    {
        await using var daemon = Serving(
            Db with { Name = "database", Priority = 255, Addresses = [new("fd77:1234:5678:9abc:def0:1234:5678:100/64", true)] },
            Web with { Active = "fe80::1234:5678:9abc:def0" });

        var run = CommandRun.Of("status", "--socket", daemon.SocketPath);

        Assert.Equal(
            """
            alpha: Vigie 0.1.0, up 2h 5m, kernel 6.1.0, real-time, memory not locked

            database: active for 3m 12s
              vrid 51 on eth0, priority owner, Active: this host
              ● fd77:1234:5678:9abc:def0:1234:5678:100/64
              nobody else advertised

            web: backup for 4d 3h
              vrid 52 on eth1, priority 100, Active: fe80::1234:5678:9abc:def0
              ○ 10.77.1.100/24
              ○ 10.77.1.101/24
              heard

            ● on this host  ○ not on this host

            """, run.Output);
        Assert.All(run.Output.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public async Task Many_addresses_are_counted_instead_of_listed()
    {
        await using var daemon = Serving(Db with { Addresses = [.. Enumerable.Range(1, 250).Select(last => new AddressStatus($"10.77.0.{last}/24", last != 9))] });

        var run = CommandRun.Of("status", "--socket", daemon.SocketPath);

        Assert.Contains("● 10.77.0.5/24", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("10.77.0.6/24", run.Output, StringComparison.Ordinal);
        Assert.Contains("245 more, 244 here", run.Output, StringComparison.Ordinal);
        Assert.Contains("db is active, but not all its addresses are on this host", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_claim_is_pointed_out()
    {
        await using var daemon = Serving(Db with
        {
            ForeignClaims = 3,
            LastForeignClaim = new ForeignClaim("10.77.0.100", "02:00:00:00:00:09", CommandRun.Now - TimeSpan.FromSeconds(61)),
        });

        Assert.Contains("db: 02:00:00:00:00:09 claimed 10.77.0.100 1m 1s ago (3 foreign claims)\n  = find the host",
            CommandRun.Of("status", "--socket", daemon.SocketPath).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_cannot_keep_time_is_pointed_out_with_what_became_of_the_role()
    {
        await using var daemon = Serving(Db with { KeepsTime = false }, Web with { KeepsTime = false });

        var output = CommandRun.Of("status", "--socket", daemon.SocketPath).Output;

        Assert.Contains("db: this host cannot keep time, and no other host has taken over\n  = see `steal`", output, StringComparison.Ordinal);
        Assert.Contains("web: this host cannot keep time and leaves the role to others\n  = see `steal`", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_concerns_the_whole_host_is_pointed_out_only_when_there_is_any()
    {
        var quiet = JsonSerializer.Deserialize(Body(Db), ContractJson.Default.StatusDocument)!;
        await using var daemon = FakeDaemon.Answering(JsonSerializer.Serialize(
            quiet with { UnknownVrid = 12, LostMessages = 3 }, ContractJson.Readable.StatusDocument));
        await using var calm = Serving(Db);

        var run = CommandRun.Of("status", "--socket", daemon.SocketPath);

        Assert.Contains("\n12 messages came with a VRID that no virtual router here has on that interface\n  = ", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n3 messages between the daemon's processes were lost: some events are missing\n  = ", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("messages", CommandRun.Of("status", "--socket", calm.SocketPath).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_without_virtual_routers_says_so()
    {
        await using var daemon = Serving();

        Assert.EndsWith("\n\nNo virtual router is configured.\n", CommandRun.Of("status", "--socket", daemon.SocketPath).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Colour_adds_nothing_but_colour()
    {
        await using var daemon = Serving(Db, Broken);

        var plain = CommandRun.Of("status", "--socket", daemon.SocketPath);
        var colored = CommandRun.With(context => context with { Terminal = context.Terminal with { HasColor = true } }, "status", "--socket", daemon.SocketPath);

        Assert.DoesNotContain('\e', plain.Output);
        Assert.Matches("\e\\[[0-9;]+mactive\e\\[0m", colored.Output);
        Assert.Equal(Lines(plain.Output), Lines(System.Text.RegularExpressions.Regex.Replace(colored.Output, "\e\\[[0-9;]*m", "")));
    }

    [Fact]
    public async Task Json_is_passed_on_as_it_came()
    {
        const string body = """{"node":"alpha","version":"9.9","virtual_routers":[],"key_of_the_future":{"a":[1]}}""";
        await using var daemon = FakeDaemon.Answering(body);

        var run = CommandRun.Of("status", "--json", "--socket", daemon.SocketPath);

        Assert.Equal(new CommandRun(ExitCode.Ok, body + "\n", ""), run);
        Assert.Equal(["GET /v1/status HTTP/1.1"], daemon.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Watching_appends_snapshots_until_interrupted(bool isJson)
    {
        Interruption? interruption = null;
        var asked = 0;
        await using var daemon = FakeDaemon.With(async (_, stream) =>
        {
            if (++asked == 3)
                interruption!.Interrupt();
            await FakeDaemon.WriteAsync(stream, FakeDaemon.Response(Body(Db)));
        });

        var run = CommandRun.With(
            context =>
            {
                interruption = context.Interruption;
                return context;
            },
            [.. (string[])["status", "--watch", "--socket", daemon.SocketPath], .. isJson ? (string[])["--json"] : []]);

        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        if (isJson)
            Assert.Equal(Body(Db) + "\n" + Body(Db) + "\n", run.Output);
        else
            Assert.Equal(2, run.Output.Split("2026-01-02 03:04:05\nalpha: Vigie").Length - 1);
        Assert.DoesNotContain('\e', run.Output);
    }

    [Fact]
    public async Task Watching_on_a_terminal_refreshes_in_place_and_survives_a_restart_of_the_daemon()
    {
        Interruption? interruption = null;
        var asked = 0;
        await using var daemon = FakeDaemon.With(async (_, stream) =>
        {
            asked++;
            if (asked == 4)
                interruption!.Interrupt();
            // Half an answer: a connection closed without any byte would be tried again by the HTTP client itself.
            await FakeDaemon.WriteAsync(stream, asked == 2 ? "HTTP/1.1 2" : FakeDaemon.Response(Body(Db)));
        });

        var run = CommandRun.With(
            context =>
            {
                interruption = context.Interruption;
                return context with { Terminal = context.Terminal with { IsInteractive = true, Height = 40 } };
            },
            "status", "--watch", "--socket", daemon.SocketPath);

        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("\e[?1049h\e[?25l\e[H2026-01-02 03:04:05\e[K\nalpha:", run.Output, StringComparison.Ordinal);
        Assert.Equal(3, run.Output.Split("\e[H").Length - 1);
        Assert.Contains("ended the connection\e[K\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("\e[?25h\e[?1049lalpha: Vigie", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_view_that_is_higher_than_the_window_is_cut()
    {
        await using var daemon = Serving([.. Enumerable.Range(1, 60).Select(vrid => Db with { Vrid = vrid })]);
        FirstScreenWriter? screen = null;

        var run = CommandRun.With(
            context =>
            {
                screen = new FirstScreenWriter(context.Interruption.Interrupt);
                return context with { Terminal = context.Terminal with { IsInteractive = true, Height = 10, Out = screen } };
            },
            "status", "--watch", "--socket", daemon.SocketPath);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal(10, screen!.FirstScreen!.Split('\n').Length);
        Assert.EndsWith(" more lines: enlarge the window\e[K\e[J", screen.FirstScreen, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(line => line.TrimEnd());

    private static FakeDaemon Serving(params VirtualRouterStatus[] routers) => FakeDaemon.Answering(Body(routers));

    private static string Body(params VirtualRouterStatus[] routers) => JsonSerializer.Serialize(
        new StatusDocument
        {
            Node = "alpha", Version = "0.1.0", Started = CommandRun.Now - TimeSpan.FromMinutes(125), Kernel = "6.1.0", RealTime = true,
            VirtualRouters = routers,
        },
        ContractJson.Readable.StatusDocument);

    /// <summary>Keeps what was written until the first flush, then calls back.</summary>
    private sealed class FirstScreenWriter(Action onFlush) : StringWriter
    {
        public string? FirstScreen { get; private set; }

        public override void Flush()
        {
            FirstScreen ??= ToString();
            onFlush();
        }
    }
}
