using System.CommandLine;
using System.Text.Json;
using Vigie.Cli.Api;
using Vigie.Cli.Rendering;
using Vigie.Contract;

namespace Vigie.Cli.Verbs;

/// <summary><c>vigie events</c>: what happened, as far as the daemon's bounded memory reaches, and what happens next.</summary>
internal static class EventsVerb
{
    public static Command Create(CliContext context)
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with new events until Ctrl-C" };
        var json = new Option<bool>("--json") { Description = "One JSON object per line" };
        var socket = SocketOption.Create();
        var command = new Command("events", "Show what happened: role changes, faults, foreign claims of an address") { follow, json, socket };
        command.SetAction(parsed => RunAsync(
            context, parsed.GetRequiredValue(socket), parsed.GetValue(follow), parsed.GetValue(json)).GetAwaiter().GetResult());
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, string socket, bool follow, bool isJson)
    {
        var stop = follow ? context.Interruption.Listen() : CancellationToken.None;
        using var client = new DaemonClient(socket, context.Patience);
        try
        {
            var answer = await client.GetAsync(ApiPaths.EventsAfter(0, follow: false), ContractJson.Default.EventsDocument, stop).ConfigureAwait(false);
            if (answer.Failure is not null)
                return answer.Failure.Report(context.Terminal);
            if (answer.Value!.Lost > 0)
                await context.Terminal.Error.WriteLineAsync($"vigie: {answer.Value.Lost} older events are forgotten already").ConfigureAwait(false);
            foreach (var document in answer.Value.Events)
                Write(context, document, isJson);
            return follow ? await FollowAsync(context, client, answer.Value.Next, isJson, stop).ConfigureAwait(false) : ExitCode.Ok;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
    }

    private static async Task<int> FollowAsync(CliContext context, DaemonClient client, long after, bool isJson, CancellationToken stop)
    {
        await context.Terminal.Out.FlushAsync(stop).ConfigureAwait(false);
        await foreach (var answer in client.FollowAsync(after, stop).ConfigureAwait(false))
        {
            if (answer.Failure is not null)
                return answer.Failure.Report(context.Terminal);
            Write(context, answer.Value!, isJson);
            await context.Terminal.Out.FlushAsync(stop).ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }

    private static void Write(CliContext context, EventDocument document, bool isJson) =>
        context.Terminal.Out.Write(isJson
            ? JsonSerializer.Serialize(document, ContractJson.Readable.EventDocument) + "\n"
            : EventView.Render(document, context.Clock.LocalTimeZone, context.Terminal.HasColor));
}
