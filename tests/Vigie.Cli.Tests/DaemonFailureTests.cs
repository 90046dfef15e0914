using System.Net.Sockets;
using Vigie.Cli.Api;
using Vigie.Contract;
using Xunit;

namespace Vigie.Cli.Tests;

/// <summary>What a verb says and returns when the daemon does not answer, or answers nonsense.</summary>
public sealed class DaemonFailureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vigie-cli-").FullName;

    public static TheoryData<string> Verbs => ["status", "events", "reload"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Without_a_socket_there_is_no_daemon(string verb)
    {
        var socket = Path.Combine(_folder, "none.sock");

        Assert.Equal(
            new CommandRun(
                ExitCode.NoDaemon,
                "",
                $"vigie: no daemon answers on {socket}: there is no such socket\n"
                + " = start one with 'vigie run', or name the socket of a running one with --socket\n"),
            CommandRun.Of(verb, "--socket", socket));
    }

    [Fact]
    public void A_socket_without_a_listener_is_no_daemon()
    {
        var socket = Path.Combine(_folder, "stale.sock");
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            left.Bind(new UnixDomainSocketEndPoint(socket));
        // .NET removes the file with the socket; a killed daemon leaves it. A plain file refuses just the same.
        File.WriteAllText(socket, "");

        var run = CommandRun.Of("status", "--socket", socket);

        Assert.Equal(ExitCode.NoDaemon, run.ExitCode);
        Assert.StartsWith($"vigie: no daemon answers on {socket}: nobody listens there\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_denied_permission_is_a_refusal_with_a_remedy()
    {
        var failure = Failure.Unconnected("/run/vigie/vigie.sock", SocketError.AccessDenied);

        Assert.Equal(ExitCode.Refused, failure.ExitCode);
        Assert.Equal("permission to use /run/vigie/vigie.sock is denied", failure.Message);
        Assert.Equal("run as root, or as a member of the group that owns the socket", failure.Remedy);
    }

    [Theory]
    [InlineData("hello\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")]
    public async Task An_answer_that_is_no_status_is_called_so(string bytes)
    {
        await using var daemon = FakeDaemon.Raw(bytes);

        var run = CommandRun.Of("status", "--socket", daemon.SocketPath);

        Assert.Equal((ExitCode.Failed, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"vigie: what answers on {daemon.SocketPath} does not speak the API of this version\n = ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_a_daemon_that_went_away()
    {
        await using var daemon = FakeDaemon.Raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"node\":");

        var run = CommandRun.Of("status", "--socket", daemon.SocketPath);

        Assert.Equal(ExitCode.NoDaemon, run.ExitCode);
        Assert.StartsWith($"vigie: the daemon on {daemon.SocketPath} ended the connection\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_does_not_answer_is_given_up()
    {
        await using var daemon = FakeDaemon.With((_, _) => FakeDaemon.Forever);

        var run = CommandRun.With(context => context with { Patience = TimeSpan.FromMilliseconds(200) }, "status", "--socket", daemon.SocketPath);

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.StartsWith($"vigie: the daemon on {daemon.SocketPath} did not answer within 0.2 s\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, ErrorCodes.Internal, ExitCode.Failed)]
    [InlineData(503, ErrorCodes.Busy, ExitCode.Failed)]
    [InlineData(409, ErrorCodes.Refused, ExitCode.Refused)]
    [InlineData(403, ErrorCodes.Refused, ExitCode.Refused)]
    [InlineData(422, ErrorCodes.ConfigurationInvalid, ExitCode.Configuration)]
    public async Task An_error_of_the_daemon_is_shown_with_its_remedy(int status, string code, int exitCode)
    {
        var body = $$$"""{"error":{"code":"{{{code}}}","message":"this failed","remedy":"do that","details":["first","second"]}}""";
        await using var daemon = FakeDaemon.Answering(body, status);

        Assert.Equal(
            new CommandRun(exitCode, "", "first\nsecond\nvigie: this failed\n = do that\n"),
            CommandRun.Of("reload", "--socket", daemon.SocketPath));
    }

    [Fact]
    public async Task An_error_without_a_document_is_shown_by_its_number()
    {
        await using var daemon = FakeDaemon.Answering("<html>", 502);

        Assert.Equal(
            new CommandRun(ExitCode.Failed, "", "vigie: the daemon answered with HTTP status 502\n = look at its log\n"),
            CommandRun.Of("status", "--socket", daemon.SocketPath));
    }
}
