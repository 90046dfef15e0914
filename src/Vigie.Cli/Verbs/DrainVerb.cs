using System.CommandLine;
using Vigie.Contract;

namespace Vigie.Cli.Verbs;

/// <summary><c>vigie drain</c>: this host stays out of every election.</summary>
internal static class DrainVerb
{
    public static Command Create(CliContext context)
    {
        var socket = SocketOption.Create();
        var command = new Command("drain", "Move all roles away and stay out of every election, also after a restart, until undrain") { socket };
        command.SetAction(parsed => AsideRequest.Send(context, parsed.GetRequiredValue(socket), ApiPaths.Drain));
        return command;
    }
}
