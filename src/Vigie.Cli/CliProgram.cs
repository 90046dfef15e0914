using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Vigie.Cli.Verbs;
using Vigie.Configuration;
using Vigie.Contract;

namespace Vigie.Cli;

/// <summary>The command line: finds the verb, runs it, and turns its outcome into an exit code. No verb's work is done here.</summary>
public static class CliProgram
{
    private const string Description = "Vigie keeps a virtual IP alive: together the hosts elect one that owns it, and when that host fails, another takes over.";

    /// <summary>Runs one command line.</summary>
    /// <param name="args">Without the name of the executable.</param>
    /// <param name="runDaemon">What <c>vigie run</c> does; it returns its exit code.</param>
    /// <param name="release">What <c>vigie release</c> does; it returns its exit code.</param>
    /// <param name="checkProgram">What <c>vigie config check</c> asks about the programs of notifications.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Run(string[] args, Func<RunOptions, int> runDaemon, Func<ReleaseOptions, int> release, ProgramCheck checkProgram)
    {
        using var interruption = new Interruption();
        return Run(args, new CliContext
        {
            Terminal = Terminal.OfProcess(), RunDaemon = runDaemon, Release = release, CheckProgram = checkProgram, Interruption = interruption,
        });
    }

    internal static int Run(string[] args, CliContext context)
    {
        var terminal = context.Terminal;
        try
        {
            var exitCode = Invoke(args, context);
            terminal.Out.Flush();
            return exitCode;
        }
        catch (IOException exception) when (Terminal.IsBrokenPipe(exception))
        {
            // Whoever read the output has seen enough: `vigie events | head -1`.
            return ExitCode.Ok;
        }
        catch (IOException exception)
        {
            terminal.Error.WriteLine($"vigie: cannot write the output: {exception.Message}");
            return ExitCode.Failed;
        }
    }

    private static int Invoke(string[] args, CliContext context)
    {
        var root = Root(context);
        // No response files: an argument that starts with '@' is what it says.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
            return Misused(parsed, args, context.Terminal);
        return parsed.Invoke(new InvocationConfiguration
        {
            Output = context.Terminal.Out,
            Error = context.Terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    private static Command Root(CliContext context)
    {
        var help = new HelpOption { Recursive = true, Description = "Show help" };
        var action = (HelpAction)help.Action!;
        action.MaxWidth = context.Terminal.Width;
        help.Action = new ExamplesHelpAction(action);
        return new Command("vigie", Description)
        {
            help,
            new Option<bool>("--version") { Description = "Show the version", Action = new VersionAction() },
            RunVerb.Create(context),
            StatusVerb.Create(context),
            EventsVerb.Create(context),
            ReloadVerb.Create(context),
            SwitchoverVerb.Create(context),
            FailbackVerb.Create(context),
            DrainVerb.Create(context),
            UndrainVerb.Create(context),
            ReleaseVerb.Create(context),
            ConfigVerb.Create(context),
            VersionVerb.Create(),
        };
    }

    /// <summary>A short message: the whole help would bury it.</summary>
    private static int Misused(ParseResult parsed, string[] args, Terminal terminal)
    {
        var command = parsed.CommandResult.Command;
        var path = Path(parsed.CommandResult);
        if (args.Length == 0)
        {
            command.Parse(["--help"]).Invoke(new InvocationConfiguration { Output = terminal.Error });
            return ExitCode.Usage;
        }

        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            var known = command.Subcommands.Select(verb => verb.Name).Concat(command.Options.Select(option => option.Name));
            var meant = Suggestion.For(unknown, known) is { } word ? $"; did you mean '{word}'?" : "";
            terminal.Error.WriteLine($"{path}: '{unknown}' is not understood{meant}");
        }
        else if (command.Subcommands.Count > 0)
        {
            terminal.Error.WriteLine($"{path}: a verb is missing: {string.Join(", ", command.Subcommands.Select(verb => verb.Name))}");
        }
        else
        {
            foreach (var error in parsed.Errors)
                terminal.Error.WriteLine($"{path}: {error.Message}");
        }

        terminal.Error.WriteLine($"'{path} --help' tells more");
        return ExitCode.Usage;
    }

    private static string Path(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : result.Command.Name;

    private sealed class VersionAction : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            VersionVerb.Write(parseResult.InvocationConfiguration.Output);
            return ExitCode.Ok;
        }
    }
}
