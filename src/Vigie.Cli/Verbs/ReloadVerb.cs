using System.CommandLine;
using Vigie.Cli.Api;
using Vigie.Contract;

namespace Vigie.Cli.Verbs;

/// <summary><c>vigie reload</c>: the daemon reads its file again. A file with errors changes nothing.</summary>
internal static class ReloadVerb
{
    public static Command Create(CliContext context)
    {
        var socket = SocketOption.Create();
        var command = new Command("reload", "Make the daemon read its configuration again; with an error in it, nothing changes") { socket };
        command.SetAction(parsed => RunAsync(context, parsed.GetRequiredValue(socket)).GetAwaiter().GetResult());
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, string socket)
    {
        using var client = new DaemonClient(socket, context.Patience);
        var answer = await client.PostAsync(ApiPaths.Reload, ContractJson.Default.ReloadResult, CancellationToken.None).ConfigureAwait(false);
        if (answer.Failure is not null)
            return answer.Failure.Report(context.Terminal);

        var result = answer.Value!;
        var output = context.Terminal.Out;
        output.WriteLine(result.Message);
        WriteNames(output, "added", result.Added);
        WriteNames(output, "removed", result.Removed);
        WriteNames(output, "changed", result.ChangedRouters);
        WriteNames(output, "moves", result.Moves ?? []);
        return ExitCode.Ok;
    }

    private static void WriteNames(TextWriter output, string what, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
            output.WriteLine($"  {what + ":",-9}{string.Join(", ", names)}");
    }
}
