using System.Globalization;
using Vigie.Configuration;
using Vigie.Contract;
using Vigie.Daemon.ControlSide;
using Vigie.Daemon.NodeSide;
using Vigie.Daemon.GuardianSide;
using Vigie.Daemon.NotifySide;
using Vigie.Daemon.ReleaseSide;
using Vigie.Linux;

namespace Vigie.Daemon;

/// <summary>The entries of the processes of one host; the executable chooses by its arguments.</summary>
public static class DaemonProcesses
{
    /// <summary>The verbs of the child processes, not for people.</summary>
    public const string NodeVerb = "internal-node";

    public const string ControlVerb = "internal-control";

    public const string RunnerVerb = "internal-notify";

    public const string StepperVerb = "internal-step";

    /// <summary><c>vigie run</c>: stays until a signal ends it. Returns an exit code.</summary>
    public static int Run(RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return GuardianProcess.Run(options);
    }

    /// <summary><c>vigie release</c>: gives up what a dead daemon has left behind. Returns an exit code.</summary>
    public static int Release(ReleaseOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return ReleaseCommand.Run(options, Console.Out, Console.Error);
    }

    /// <summary>A child process, or null when the arguments do not ask for one.</summary>
    public static int? RunChild(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        return args switch
        {
            [NodeVerb, var parent, var state] => NodeProcess.Run(ParentOf(parent), state),
            [ControlVerb, var parent, var config, var socket, var state, var format, var restarts] => ControlProcess.Run(ParentOf(parent), new RunOptions
            {
                ConfigFile = config,
                Socket = socket,
                StateDirectory = state,
                LogFormat = Enum.Parse<LogFormat>(format),
            }, long.Parse(restarts, NumberStyles.None, CultureInfo.InvariantCulture)),
            [RunnerVerb, var parent] => NotifyRunner.Run(ParentOf(parent)),
            [StepperVerb, var parent] => NotifyStepper.Run(ParentOf(parent)),
            _ => null,
        };
    }

    /// <summary>Why a notification could not run the program as it is now; null when it could.</summary>
    public static UnfitProgram? CheckProgram(string path)
    {
        using var program = TrustedProgram.Open(path, out var fault);
        return program is null ? ProgramText.Describe(fault) : null;
    }

    private static int ParentOf(string argument) => int.Parse(argument, NumberStyles.None, CultureInfo.InvariantCulture);
}
