using System.CommandLine;
using Vigie.Contract;

namespace Vigie.Cli.Verbs;

/// <summary><c>vigie version</c>: which Vigie this executable is. It asks no daemon.</summary>
internal static class VersionVerb
{
    public static Command Create()
    {
        var command = new Command("version", "Show the version of this executable");
        command.SetAction(parsed => Write(parsed.InvocationConfiguration.Output));
        return command;
    }

    public static void Write(TextWriter output) => output.WriteLine($"vigie {VigieVersion.Current}");
}
