using System.CommandLine;
using Vigie.Contract;

namespace Vigie.Cli.Verbs;

/// <summary><c>vigie undrain</c>: ends a drain.</summary>
internal static class UndrainVerb
{
    public static Command Create(CliContext context)
    {
        var socket = SocketOption.Create();
        var command = new Command("undrain", "Take part in the election again") { socket };
        command.SetAction(parsed => AsideRequest.Send(context, parsed.GetRequiredValue(socket), ApiPaths.Undrain));
        return command;
    }
}
