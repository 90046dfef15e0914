using Vigie.Contract;
using Xunit;

namespace Vigie.Cli.Tests;

/// <summary>Verbs, options, help and exit codes, and the verbs that need no daemon.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("statsu", "vigie: 'statsu' is not understood; did you mean 'status'?\n'vigie --help' tells more\n")]
    [InlineData("xyzzy", "vigie: 'xyzzy' is not understood\n'vigie --help' tells more\n")]
    [InlineData("status --jsno", "vigie status: '--jsno' is not understood; did you mean '--json'?\n'vigie status --help' tells more\n")]
    [InlineData("config", "vigie config: a verb is missing: check, schema\n'vigie config --help' tells more\n")]
    [InlineData("config chek a.yaml", "vigie config: 'chek' is not understood; did you mean 'check'?\n'vigie config --help' tells more\n")]
    [InlineData("status --socket", "vigie status: Required argument missing for option: '--socket'.\n'vigie status --help' tells more\n")]
    [InlineData("run --log-format xml", "vigie run: --log-format takes auto, human or json, not 'xml'\n'vigie run --help' tells more\n")]
    [InlineData("reload now", "vigie reload: 'now' is not understood\n'vigie reload --help' tells more\n")]
    public void A_wrong_command_line_is_answered_shortly(string line, string message) =>
        Assert.Equal(new CommandRun(ExitCode.Usage, "", message), CommandRun.Of(line.Split(' ')));

    [Fact]
    public void A_socket_path_that_the_kernel_cannot_hold_is_a_wrong_command_line()
    {
        var run = CommandRun.Of("status", "--socket", "/" + new string('x', 107));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Equal("vigie status: --socket takes a path of 1 to 107 bytes\n'vigie status --help' tells more\n", run.Error);
        Assert.Equal(ExitCode.Usage, CommandRun.Of("status", "--socket", "").ExitCode);
    }

    [Fact]
    public void Without_a_verb_the_help_goes_to_stderr()
    {
        var run = CommandRun.Of();

        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Output));
        Assert.Equal(CommandRun.Of("--help").Output, run.Error);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run --help")]
    [InlineData("status -h")]
    [InlineData("events --help")]
    [InlineData("reload --help")]
    [InlineData("release --help")]
    [InlineData("config --help")]
    [InlineData("config check --help")]
    [InlineData("config schema --help")]
    public void Help_says_what_a_verb_does_and_gives_examples(string line)
    {
        var run = CommandRun.Of(line.Split(' '));

        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Contains("Usage:\n  vigie", run.Output, StringComparison.Ordinal);
        Assert.Contains("Examples:\n  # ", run.Output, StringComparison.Ordinal);
        Assert.All(run.Output.Split('\n'), text => Assert.True(text.Length <= 100, text));
    }

    [Theory]
    [InlineData("version")]
    [InlineData("--version")]
    public void The_version_is_told(string line) =>
        Assert.Equal(new CommandRun(ExitCode.Ok, "vigie 0.1.0\n", ""), CommandRun.Of(line));

    [Fact]
    public void Run_hands_its_options_to_the_daemon_and_returns_its_exit_code()
    {
        RunOptions? options = null;
        int Daemon(RunOptions given)
        {
            options = given;
            return 1;
        }

        var run = CommandRun.With(
            context => context with { RunDaemon = Daemon },
            "run", "--config", "a.yaml", "--socket", "/tmp/a.sock", "--state-dir", "/tmp/state", "--log-format", "json");

        Assert.Equal(new CommandRun(1, "", ""), run);
        Assert.Equal(new RunOptions { ConfigFile = "a.yaml", Socket = "/tmp/a.sock", StateDirectory = "/tmp/state", LogFormat = LogFormat.Json }, options);

        CommandRun.With(context => context with { RunDaemon = Daemon }, "run");
        Assert.Equal(
            new RunOptions
            {
                ConfigFile = "/etc/vigie/vigie.yaml", Socket = "/run/vigie/vigie.sock", StateDirectory = "/var/lib/vigie", LogFormat = LogFormat.Auto,
            },
            options);
    }

    [Fact]
    public void Release_hands_its_options_over_and_returns_the_exit_code()
    {
        List<ReleaseOptions> given = [];
        int Release(ReleaseOptions options)
        {
            given.Add(options);
            return ExitCode.Refused;
        }

        var run = CommandRun.With(
            context => context with { Release = Release }, "release", "--config", "a.yaml", "--state-dir", "/tmp/state", "--socket", "/tmp/a.sock", "--force");
        CommandRun.With(context => context with { Release = Release }, "release");

        Assert.Equal(new CommandRun(ExitCode.Refused, "", ""), run);
        Assert.Equal(
            [
                new ReleaseOptions { ConfigFile = "a.yaml", StateDirectory = "/tmp/state", Socket = "/tmp/a.sock", Force = true },
                new ReleaseOptions { ConfigFile = "/etc/vigie/vigie.yaml", StateDirectory = "/var/lib/vigie", Socket = "/run/vigie/vigie.sock", Force = false },
            ],
            given);
    }

    [Fact]
    public void An_argument_with_an_at_sign_is_no_response_file() =>
        Assert.Contains("@nothing: error: there is no such file", CommandRun.Of("config", "check", "@nothing").Error, StringComparison.Ordinal);

    [Fact]
    public async Task Reload_says_what_changed()
    {
        await using var daemon = FakeDaemon.Answering(
            """{"changed":true,"added":["web","mail"],"removed":["old"],"changed_routers":["db"],"moves":["db"],"message":"the new configuration is in use"}""");

        Assert.Equal(
            new CommandRun(
                ExitCode.Ok,
                """
                the new configuration is in use
                  added:   web, mail
                  removed: old
                  changed: db
                  moves:   db

                """,
                ""),
            CommandRun.Of("reload", "--socket", daemon.SocketPath));
        Assert.Equal(["POST /v1/reload HTTP/1.1"], daemon.Requests);
    }

    [Fact]
    public async Task A_plan_shows_old_and_new_and_asks_for_nothing_else()
    {
        const string Answer = """{"changed":true,"planned":true,"changed_routers":["db"],"unchanged":["web"],"settings":[{"router":"db","key":"priority","old":"150","new":"120"}],"moves":[],"may_move":["db"],"message":"nothing was done"}""";
        await using var daemon = FakeDaemon.Answering(Answer);

        Assert.Equal(
            new CommandRun(
                ExitCode.Ok,
                """
                nothing was done
                  changed: db
                    db: priority 150 -> 120
                  same:    web
                  may move: db

                """,
                ""),
            CommandRun.Of("reload", "--plan", "--socket", daemon.SocketPath));
        Assert.Equal(new CommandRun(ExitCode.Ok, Answer + "\n", ""), CommandRun.Of("reload", "--plan", "--json", "--socket", daemon.SocketPath));
        Assert.Equal(["POST /v1/reload?plan=true HTTP/1.1", "POST /v1/reload?plan=true HTTP/1.1"], daemon.Requests);
    }

    [Fact]
    public async Task Reload_that_changes_nothing_is_one_line()
    {
        await using var daemon = FakeDaemon.Answering("""{"changed":false,"message":"nothing changed"}""");

        Assert.Equal(new CommandRun(ExitCode.Ok, "nothing changed\n", ""), CommandRun.Of("reload", "--socket", daemon.SocketPath));
    }

    [Fact]
    public void A_reader_that_goes_away_ends_a_verb_quietly()
    {
        var run = CommandRun.With(context => context with { Terminal = context.Terminal with { Out = new ClosedPipe(32) } }, "version");

        Assert.Equal(new CommandRun(ExitCode.Ok, "", ""), run);
    }

    [Fact]
    public void An_output_that_cannot_be_written_is_a_failure()
    {
        var run = CommandRun.With(context => context with { Terminal = context.Terminal with { Out = new ClosedPipe(28) } }, "version");

        Assert.Equal(new CommandRun(ExitCode.Failed, "", "vigie: cannot write the output: no\n"), run);
    }

    /// <summary>Fails each write with an error number: 32 is EPIPE, 28 is ENOSPC.</summary>
    private sealed class ClosedPipe(int error) : StringWriter
    {
        public override void Write(char value) => throw new IOException("no", error);

        public override void Write(string? value) => throw new IOException("no", error);

        public override void WriteLine(string? value) => throw new IOException("no", error);
    }
}
