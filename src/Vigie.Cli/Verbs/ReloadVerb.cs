using System.CommandLine;
using Vigie.Cli.Api;
using Vigie.Contract;

namespace Vigie.Cli.Verbs;

/// <summary><c>vigie reload</c>: the daemon reads its file again. A file with errors changes nothing.</summary>
internal static class ReloadVerb
{
    public static Command Create(CliContext context)
    {
        var plan = new Option<bool>("--plan") { Description = "Say what would change and whether a role moves; change nothing" };
        var json = new Option<bool>("--json") { Description = "The answer as one JSON document" };
        var socket = SocketOption.Create();
        var command = new Command("reload", "Make the daemon read its configuration again; with an error in it, nothing changes") { plan, json, socket };
        command.SetAction(parsed => RunAsync(
            context, parsed.GetRequiredValue(socket), parsed.GetValue(plan), parsed.GetValue(json)).GetAwaiter().GetResult());
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, string socket, bool planOnly, bool isJson)
    {
        using var client = new DaemonClient(socket, context.Patience);
        var answer = await client.PostAsync(
            planOnly ? $"{ApiPaths.Reload}?{ApiPaths.PlanParameter}=true" : ApiPaths.Reload, ContractJson.Default.ReloadResult, CancellationToken.None).ConfigureAwait(false);
        if (answer.Failure is not null)
            return answer.Failure.Report(context.Terminal);

        var output = context.Terminal.Out;
        if (isJson)
            output.Write(answer.Body.TrimEnd() + "\n");
        else
            Describe(output, answer.Value!);
        return ExitCode.Ok;
    }

    private static void Describe(TextWriter output, ReloadResult result)
    {
        output.WriteLine(result.Message);
        WriteNames(output, "added", result.Added);
        WriteNames(output, "removed", result.Removed);
        WriteNames(output, "changed", result.ChangedRouters);
        foreach (var setting in result.Settings)
            output.WriteLine($"    {(setting.Router.Length > 0 ? $"{setting.Router}: " : "")}{setting.Key} {setting.Old} -> {setting.New}");
        if (result.Planned)
            WriteNames(output, "same", result.Unchanged);
        WriteNames(output, "moves", result.Moves ?? []);
        WriteNames(output, "may move", result.MayMove);
        if (result.LeftOut > 0)
            output.WriteLine($"  {result.LeftOut} more that found no room in the answer");
    }

    private static void WriteNames(TextWriter output, string what, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
            output.WriteLine($"  {what + ":",-8} {string.Join(", ", names)}");
    }
}
