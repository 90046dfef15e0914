using System.Net.Sockets;
using Vigie.Contract;

namespace Vigie.Cli.Api;

/// <summary>Why a request brought no document, in words for people, with what to do about it.</summary>
internal sealed record Failure(int ExitCode, string Message, string? Remedy, IReadOnlyList<string> Details)
{
    private const string StartOne = "start one with 'vigie run', or name the socket of a running one with --socket";

    public Failure(int exitCode, string message, string? remedy)
        : this(exitCode, message, remedy, [])
    {
    }

    /// <summary>The socket could not be connected.</summary>
    public static Failure Unconnected(string socket, SocketError error) => error switch
    {
        SocketError.AccessDenied => new(Contract.ExitCode.Refused, $"permission to use {socket} is denied",
            "run as root, or as a member of the group that owns the socket"),
        SocketError.ConnectionRefused => new(Contract.ExitCode.NoDaemon, $"no daemon answers on {socket}: nobody listens there", StartOne),
        // .NET has no name of its own for "no such file".
        SocketError.AddressNotAvailable => new(Contract.ExitCode.NoDaemon, $"no daemon answers on {socket}: there is no such socket", StartOne),
        _ => new(Contract.ExitCode.NoDaemon, $"no daemon answers on {socket}: {error}", StartOne),
    };

    public static Failure Silent(string socket, TimeSpan patience) =>
        new(Contract.ExitCode.Failed, $"the daemon on {socket} did not answer within {patience.TotalSeconds:0.#} s",
            "look at its log; its host may be overloaded");

    public static Failure Gone(string socket) =>
        new(Contract.ExitCode.NoDaemon, $"the daemon on {socket} ended the connection", "see with 'vigie status' whether it still runs");

    public static Failure Unintelligible(string socket) =>
        new(Contract.ExitCode.Failed, $"what answers on {socket} does not speak the API of this version",
            "is it Vigie's socket, and is the daemon of about the same version? See 'vigie version'");

    /// <summary>The daemon answered with an error.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="error">Its body, or null when that could not be read.</param>
    public static Failure Of(int status, ErrorDetail? error)
    {
        var exitCode = (error?.Code, status) switch
        {
            (ErrorCodes.ConfigurationInvalid, _) => Contract.ExitCode.Configuration,
            (ErrorCodes.Refused, _) or (_, 401 or 403 or 409) => Contract.ExitCode.Refused,
            _ => Contract.ExitCode.Failed,
        };
        return error is null
            ? new(exitCode, $"the daemon answered with HTTP status {status}", "look at its log")
            : new(exitCode, error.Message, error.Remedy, error.Details);
    }

    public int Report(Terminal terminal)
    {
        terminal.Out.Flush();
        foreach (var detail in Details)
            terminal.Error.WriteLine(detail);
        terminal.Error.WriteLine($"vigie: {Message}");
        if (Remedy is not null)
            terminal.Error.WriteLine($" = {Remedy}");
        return ExitCode;
    }
}
