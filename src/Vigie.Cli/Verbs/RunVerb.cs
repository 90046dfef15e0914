using System.CommandLine;
using Vigie.Contract;

namespace Vigie.Cli.Verbs;

/// <summary><c>vigie run</c>: the daemon, in the foreground. This only reads its options.</summary>
internal static class RunVerb
{
    public static Command Create(CliContext context)
    {
        var config = new Option<string>("--config")
        {
            Description = "The configuration",
            HelpName = "FILE",
            DefaultValueFactory = _ => Defaults.ConfigFile,
        };
        var stateDirectory = new Option<string>("--state-dir")
        {
            Description = "Where to keep what must survive a restart",
            HelpName = "DIR",
            DefaultValueFactory = _ => Defaults.StateDirectory,
        };
        var logFormat = new Option<string>("--log-format")
        {
            Description = "How to log to stderr; auto: human on a terminal, else json",
            HelpName = "auto|human|json",
            DefaultValueFactory = _ => "auto",
        };
        logFormat.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && token.Value is not ("auto" or "human" or "json"))
                result.AddError($"--log-format takes auto, human or json, not '{token.Value}'");
        });
        var socket = SocketOption.Create();
        var command = new Command("run", "Own the virtual addresses together with the other hosts, in the foreground (SIGTERM ends, SIGHUP reloads)")
        {
            config, socket, stateDirectory, logFormat,
        };
        command.SetAction(parsed => context.RunDaemon(new RunOptions
        {
            ConfigFile = parsed.GetRequiredValue(config),
            Socket = parsed.GetRequiredValue(socket),
            StateDirectory = parsed.GetRequiredValue(stateDirectory),
            LogFormat = parsed.GetRequiredValue(logFormat) switch
            {
                "human" => LogFormat.Human,
                "json" => LogFormat.Json,
                _ => LogFormat.Auto,
            },
        }));
        return command;
    }
}
