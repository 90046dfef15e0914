using System.CommandLine;
using Vigie.Contract;

namespace Vigie.Cli.Verbs;

/// <summary><c>vigie switchover NAME</c>: another host is to own a virtual router.</summary>
internal static class SwitchoverVerb
{
    public static Command Create(CliContext context)
    {
        var socket = SocketOption.Create();
        var name = new Argument<string>("name") { Description = "The virtual router" };
        var to = new Option<string?>("--to") { Description = "The host to move to (needs the peer channel, so it is refused for now)", HelpName = "NODE" };
        var command = new Command("switchover", "Move a role to another host; this one does not take it back until that one fails, or failback") { name, to, socket };
        command.SetAction(parsed => AsideRequest.Send(context, parsed.GetRequiredValue(socket), ApiPaths.Named(ApiPaths.Switchover, parsed.GetRequiredValue(name), parsed.GetValue(to))));
        return command;
    }
}
