using System.CommandLine;
using Vigie.Contract;

namespace Vigie.Cli.Verbs;

/// <summary><c>vigie release</c>: gives up what a dead daemon has left behind. This only reads its options.</summary>
internal static class ReleaseVerb
{
    public static Command Create(CliContext context)
    {
        var config = new Option<string>("--config")
        {
            Description = "The configuration of the daemon that is no more, when it has kept none in its state directory",
            HelpName = "FILE",
            DefaultValueFactory = _ => Defaults.ConfigFile,
        };
        var state = new Option<string>("--state-dir")
        {
            Description = "Where the daemon kept the configuration that ran",
            HelpName = "DIR",
            DefaultValueFactory = _ => Defaults.StateDirectory,
        };
        var force = new Option<bool>("--force") { Description = "Also when a daemon lives, or without a readable configuration" };
        var socket = SocketOption.Create();
        var command = new Command("release", "Resign and remove the virtual addresses when the daemon is dead and cannot do it itself")
        {
            config, state, socket, force,
        };
        command.SetAction(parsed => context.Release(new ReleaseOptions
        {
            ConfigFile = parsed.GetRequiredValue(config),
            StateDirectory = parsed.GetRequiredValue(state),
            Socket = parsed.GetRequiredValue(socket),
            Force = parsed.GetValue(force),
        }));
        return command;
    }
}
