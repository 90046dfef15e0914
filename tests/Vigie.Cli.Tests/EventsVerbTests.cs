using Vigie.Contract;
using Xunit;

namespace Vigie.Cli.Tests;

/// <summary><c>vigie events</c>: what is remembered, and what comes.</summary>
public sealed class EventsVerbTests
{
    private const string First =
        """{"sequence":4,"time":"2026-01-02T03:04:05.678901Z","kind":"state_changed","virtual_router":"db","severity":"info","message":"db is active","remedy":null,"data":{"from":"backup"}}""";

    private const string Second =
        """{"sequence":5,"time":"2026-01-02T03:04:06.000000Z","kind":"foreign_claim","virtual_router":null,"severity":"warning","message":"somebody claims 10.77.0.100","remedy":"find it","data":{}}""";

    [Fact]
    public async Task Events_are_lines_for_people()
    {
        await using var daemon = FakeDaemon.Answering($$"""{"events":[{{First}},{{Second}}],"next":5,"lost":3}""");

        Assert.Equal(
            new CommandRun(
                ExitCode.Ok,
                """
                2026-01-02 03:04:05.678 info    db: db is active
                2026-01-02 03:04:06.000 warning somebody claims 10.77.0.100
                  = find it

                """,
                "vigie: 3 older events are forgotten already\n"),
            CommandRun.Of("events", "--socket", daemon.SocketPath));
        Assert.Equal(["GET /v1/events?after=0 HTTP/1.1"], daemon.Requests);
    }

    [Fact]
    public async Task Events_are_objects_for_programs()
    {
        await using var daemon = FakeDaemon.Answering($$"""{"events":[{{First}},{{Second}}],"next":5,"lost":0}""");

        Assert.Equal(new CommandRun(ExitCode.Ok, $"{First}\n{Second}\n", ""), CommandRun.Of("events", "--json", "--socket", daemon.SocketPath));
    }

    [Fact]
    public async Task A_long_message_stays_on_its_line()
    {
        var message = string.Concat(Enumerable.Repeat("word ", 100)) + "end";
        await using var daemon = FakeDaemon.Answering($$"""{"events":[{{First.Replace("db is active", message, StringComparison.Ordinal)}}],"next":4,"lost":0}""");

        var line = Assert.Single(CommandRun.Of("events", "--socket", daemon.SocketPath).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.EndsWith(message, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Following_shows_the_past_and_then_each_event_as_it_comes_until_interrupted()
    {
        Interruption? interruption = null;
        var seen = new WaitingWriter("\"sequence\":5");
        await using var daemon = FakeDaemon.With(async (line, stream) =>
        {
            if (!line.Contains("follow", StringComparison.Ordinal))
            {
                await FakeDaemon.WriteAsync(stream, FakeDaemon.Response($$"""{"events":[{{First}}],"next":4,"lost":0}"""));
                return;
            }

            await FakeDaemon.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\n" + Second + "\n");
            await seen.Appeared;
            interruption!.Interrupt();
            await FakeDaemon.Forever;
        });

        var run = CommandRun.With(
            context =>
            {
                interruption = context.Interruption;
                return context with { Terminal = context.Terminal with { Out = seen } };
            },
            "events", "--follow", "--json", "--socket", daemon.SocketPath);

        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Equal($"{First}\n{Second}\n", seen.ToString());
        Assert.Equal(["GET /v1/events?after=0 HTTP/1.1", "GET /v1/events?after=4&follow=true HTTP/1.1"], daemon.Requests);
    }

    [Fact]
    public async Task Following_a_daemon_that_ends_says_so()
    {
        FakeDaemon? ended = null;
        await using var daemon = FakeDaemon.With(async (line, stream) =>
        {
            var follows = line.Contains("follow", StringComparison.Ordinal);
            if (follows)
                ended!.StopListening();
            await FakeDaemon.WriteAsync(stream, follows ? "HTTP/1.1 200 OK\r\n\r\n" + Second + "\n" : FakeDaemon.Response("""{"events":[],"next":4,"lost":0}"""));
        });
        ended = daemon;

        var run = CommandRun.With(context => context with { Patience = TimeSpan.FromSeconds(1) }, "events", "-f", "--json", "--socket", daemon.SocketPath);

        Assert.Equal((ExitCode.NoDaemon, Second + "\n"), (run.ExitCode, run.Output));
        Assert.Contains("ended the connection", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("before", 5, "the daemon's control process was started again; events go on after number 5")]
    [InlineData("anew", 0, "the daemon was started again; its events begin anew; 2 events are forgotten already")]
    public async Task Following_goes_on_when_somebody_answers_again(string numbers, int after, string said)
    {
        var third = Second.Replace("\"sequence\":5", numbers == "anew" ? "\"sequence\":3" : "\"sequence\":1000000001", StringComparison.Ordinal);
        var last = First.Replace("\"sequence\":4", "\"sequence\":1000000002", StringComparison.Ordinal);
        var page = numbers == "anew" ? $$"""{"events":[{{third}}],"next":3,"lost":2}""" : $$"""{"events":[{{third}}],"next":1000000001,"lost":0}""";
        Interruption? interruption = null;
        var seen = new WaitingWriter("\"sequence\":1000000002");
        var follows = 0;
        await using var daemon = FakeDaemon.With(async (line, stream) =>
        {
            if (!line.Contains("follow", StringComparison.Ordinal))
            {
                await FakeDaemon.WriteAsync(stream, FakeDaemon.Response(follows == 0 ? """{"events":[],"next":4,"lost":0}""" : page));
                return;
            }

            await FakeDaemon.WriteAsync(stream, "HTTP/1.1 200 OK\r\n\r\n" + (follows++ == 0 ? Second : last) + "\n");
            if (follows == 1)
                return; // and it is gone
            await seen.Appeared;
            interruption!.Interrupt();
            await FakeDaemon.Forever;
        });

        var run = CommandRun.With(
            context =>
            {
                interruption = context.Interruption;
                return context with { Terminal = context.Terminal with { Out = seen } };
            },
            "events", "--follow", "--json", "--socket", daemon.SocketPath);

        Assert.Equal((ExitCode.Ok, $"vigie: {said}\n"), (run.ExitCode, run.Error));
        Assert.Equal($"{Second}\n{third}\n{last}\n", seen.ToString());
        Assert.Contains($"GET /v1/events?after={after} HTTP/1.1", daemon.Requests);
        Assert.Contains($"GET /v1/events?after={(numbers == "anew" ? 3 : 1_000_000_001)}&follow=true HTTP/1.1", daemon.Requests);
    }

    [Fact]
    public async Task Following_nonsense_ends_with_a_message()
    {
        await using var daemon = FakeDaemon.With((line, stream) => FakeDaemon.WriteAsync(stream, line.Contains("follow", StringComparison.Ordinal)
            ? "HTTP/1.1 200 OK\r\n\r\nnonsense\n"
            : FakeDaemon.Response("""{"events":[],"next":4,"lost":0}""")));

        var run = CommandRun.Of("events", "--follow", "--socket", daemon.SocketPath);

        Assert.Equal((ExitCode.Failed, ""), (run.ExitCode, run.Output));
        Assert.Contains("does not speak the API", run.Error, StringComparison.Ordinal);
    }

    /// <summary>Tells when a piece of text was written and flushed.</summary>
    private sealed class WaitingWriter(string wanted) : StringWriter
    {
        private readonly TaskCompletionSource _appeared = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Appeared => _appeared.Task;

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            if (ToString().Contains(wanted, StringComparison.Ordinal))
                _appeared.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
