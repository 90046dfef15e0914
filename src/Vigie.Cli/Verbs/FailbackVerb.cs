using System.CommandLine;
using Vigie.Contract;

namespace Vigie.Cli.Verbs;

/// <summary><c>vigie failback NAME</c>: ends a switchover.</summary>
internal static class FailbackVerb
{
    public static Command Create(CliContext context)
    {
        var socket = SocketOption.Create();
        var name = new Argument<string>("name") { Description = "The virtual router" };
        var command = new Command("failback", "Take a role back that was moved away, if this host is the fittest") { name, socket };
        command.SetAction(parsed => AsideRequest.Send(context, parsed.GetRequiredValue(socket), ApiPaths.Named(ApiPaths.Failback, parsed.GetRequiredValue(name))));
        return command;
    }
}
