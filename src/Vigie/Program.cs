// The executable: a child process of the daemon when its arguments say so, else the command line.
using Vigie.Cli;
using Vigie.Daemon;

return DaemonProcesses.RunChild(args) ?? CliProgram.Run(args, DaemonProcesses.Run, DaemonProcesses.Release, DaemonProcesses.CheckProgram);
