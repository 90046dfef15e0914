using Vigie.Contract;

namespace Vigie.Cli.Tests;

/// <summary>One run of the command line within the test's own process: exit code and both outputs.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static CommandRun Of(params string[] args) => With(context => context, args);

    public static CommandRun With(Func<CliContext, CliContext> change, params string[] args)
    {
        using var interruption = new Interruption();
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var context = new CliContext
        {
            Terminal = new Terminal { Out = output, Error = error },
            RunDaemon = _ => throw new InvalidOperationException("this verb must not start the daemon"),
            Release = _ => throw new InvalidOperationException("this verb must not release anything"),
            Interruption = interruption,
            Clock = new StillClock(),
            HostName = "host",
            RefreshInterval = TimeSpan.FromMilliseconds(1),
        };
        return new CommandRun(CliProgram.Run(args, change(context)), output.ToString(), error.ToString());
    }

    /// <summary>Always the same time, in UTC; its timers are real.</summary>
    private sealed class StillClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
