using System.CommandLine;
using Vigie.Cli.Api;
using Vigie.Cli.Rendering;
using Vigie.Contract;

namespace Vigie.Cli.Verbs;

/// <summary><c>vigie status</c>: what the daemon says about itself, once or again and again.</summary>
internal static class StatusVerb
{
    public static Command Create(CliContext context)
    {
        var json = new Option<bool>("--json") { Description = "One JSON document per snapshot" };
        var watch = new Option<bool>("--watch") { Description = "Refresh every second until Ctrl-C" };
        var socket = SocketOption.Create();
        var command = new Command("status", "Show the virtual routers of this host: who holds which address, and why") { json, watch, socket };
        command.SetAction(parsed =>
        {
            var isJson = parsed.GetValue(json);
            var path = parsed.GetRequiredValue(socket);
            return (parsed.GetValue(watch) ? WatchAsync(context, path, isJson) : ShowAsync(context, path, isJson)).GetAwaiter().GetResult();
        });
        return command;
    }

    private static async Task<int> ShowAsync(CliContext context, string socket, bool isJson)
    {
        using var client = new DaemonClient(socket, context.Patience);
        var answer = await AskAsync(client, CancellationToken.None).ConfigureAwait(false);
        if (answer.Failure is not null)
            return answer.Failure.Report(context.Terminal);
        context.Terminal.Out.Write(isJson ? answer.Body.TrimEnd() + "\n" : Render(context, answer.Value!, context.Terminal));
        return ExitCode.Ok;
    }

    /// <summary>A failure at the first snapshot ends it; a later one is shown, because a daemon that restarts comes back.</summary>
    private static async Task<int> WatchAsync(CliContext context, string socket, bool isJson)
    {
        var stop = context.Interruption.Listen();
        using var client = new DaemonClient(socket, context.Patience);
        using var view = new LiveView(context.Terminal, isInPlace: context.Terminal.IsInteractive && !isJson);
        var isFirst = true;
        try
        {
            while (true)
            {
                var answer = await AskAsync(client, stop).ConfigureAwait(false);
                if (answer.Failure is { } failure && isFirst)
                {
                    view.Dispose();
                    return failure.Report(context.Terminal);
                }

                isFirst = false;
                if (!isJson)
                    view.Show($"{Times.Clock(context.Clock.GetLocalNow())}\n", terminal => answer.Failure is { } lost
                        ? $"{lost.Message}\n = {lost.Remedy}\n"
                        : Render(context, answer.Value!, terminal));
                else if (answer.Failure is { } silent)
                    await context.Terminal.Error.WriteLineAsync($"vigie: {silent.Message}").ConfigureAwait(false);
                else
                    view.Show("", _ => answer.Body.TrimEnd() + "\n");
                await Task.Delay(context.RefreshInterval, context.Clock, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
    }

    private static Task<Answer<StatusDocument>> AskAsync(DaemonClient client, CancellationToken stop) =>
        client.GetAsync(ApiPaths.Status, ContractJson.Default.StatusDocument, stop);

    private static string Render(CliContext context, StatusDocument status, Terminal terminal) =>
        StatusView.Render(status, context.Clock.GetUtcNow(), terminal.Width, terminal.HasColor);
}
