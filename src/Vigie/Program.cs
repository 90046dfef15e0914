using System.CommandLine;
using Vigie.Contract;
using Vigie.Daemon;

// The executable: a child process of the daemon, or the daemon itself, by its arguments.
if (DaemonProcesses.RunChild(args) is { } exitCode)
    return exitCode;

var config = new Option<string>("--config") { DefaultValueFactory = _ => Defaults.ConfigFile };
var socket = new Option<string>("--socket") { DefaultValueFactory = _ => Defaults.Socket };
var stateDirectory = new Option<string>("--state-dir") { DefaultValueFactory = _ => Defaults.StateDirectory };
var logFormat = new Option<LogFormat>("--log-format");
var run = new Command("run", "Own the virtual addresses together with the other hosts; stays in the foreground.") { config, socket, stateDirectory, logFormat };
run.SetAction(parsed => DaemonProcesses.Run(new RunOptions
{
    ConfigFile = parsed.GetRequiredValue(config),
    Socket = parsed.GetRequiredValue(socket),
    StateDirectory = parsed.GetRequiredValue(stateDirectory),
    LogFormat = parsed.GetValue(logFormat),
}));
return new RootCommand("Vigie keeps a virtual IP alive.") { run }.Parse(args).Invoke();
