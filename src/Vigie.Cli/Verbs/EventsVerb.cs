using System.CommandLine;
using System.Text.Json;
using Vigie.Cli.Api;
using Vigie.Cli.Rendering;
using Vigie.Contract;

namespace Vigie.Cli.Verbs;

/// <summary><c>vigie events</c>: what happened, as far as the daemon's bounded memory reaches, and what happens next.</summary>
internal static class EventsVerb
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(100);

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
        while (true)
        {
            await context.Terminal.Out.FlushAsync(stop).ConfigureAwait(false);
            Failure? failure = null;
            await foreach (var answer in client.FollowAsync(after, stop).ConfigureAwait(false))
            {
                failure = answer.Failure;
                if (answer.Value is not { } document)
                    break;
                Write(context, document, isJson);
                after = document.Sequence;
                await context.Terminal.Out.FlushAsync(stop).ConfigureAwait(false);
            }

            // The process that answers may have been started again while the daemon went on.
            if (failure is not { ExitCode: ExitCode.NoDaemon })
                return failure?.Report(context.Terminal) ?? ExitCode.Ok;
            if (await ReturnAsync(context, client, after, stop).ConfigureAwait(false) is not { } page)
                return failure.Report(context.Terminal);
            foreach (var document in page.Events)
                Write(context, document, isJson);
            after = page.Next;
        }
    }

    /// <summary>What has happened since, from whoever answers on the socket now; null when nobody does before patience ends.</summary>
    private static async Task<EventsDocument?> ReturnAsync(CliContext context, DaemonClient client, long after, CancellationToken stop)
    {
        for (var waited = TimeSpan.Zero; waited < context.Patience; waited += AskAgain)
        {
            await Task.Delay(AskAgain, context.Clock, stop).ConfigureAwait(false);
            var answer = await client.GetAsync(ApiPaths.EventsAfter(after, follow: false), ContractJson.Default.EventsDocument, stop).ConfigureAwait(false);
            // The numbers of another daemon begin anew.
            var isAnother = answer.Value is { } first && first.Next < after;
            if (isAnother)
                answer = await client.GetAsync(ApiPaths.EventsAfter(0, follow: false), ContractJson.Default.EventsDocument, stop).ConfigureAwait(false);
            if (answer.Value is not { } page)
                continue;
            var lost = page.Lost > 0 ? $"; {page.Lost} events are forgotten already" : "";
            await context.Terminal.Error.WriteLineAsync(isAnother
                ? $"vigie: the daemon was started again; its events begin anew{lost}"
                : $"vigie: the daemon's control process was started again; events go on after number {after}{lost}").ConfigureAwait(false);
            return page;
        }

        return null;
    }

    private static void Write(CliContext context, EventDocument document, bool isJson) =>
        context.Terminal.Out.Write(isJson
            ? JsonSerializer.Serialize(document, ContractJson.Readable.EventDocument) + "\n"
            : EventView.Render(document, context.Clock.LocalTimeZone, context.Terminal.HasColor));
}
