using Vigie.Cli.Api;
using Vigie.Contract;

namespace Vigie.Cli.Verbs;

/// <summary>What the verbs that move roles have in common: one request, one sentence.</summary>
internal static class AsideRequest
{
    /// <summary>A leave takes up to eleven seconds.</summary>
    private static readonly TimeSpan Leave = TimeSpan.FromSeconds(12);

    public static int Send(CliContext context, string socket, string path) => SendAsync(context, socket, path).GetAwaiter().GetResult();

    private static async Task<int> SendAsync(CliContext context, string socket, string path)
    {
        using var client = new DaemonClient(socket, context.Patience + Leave);
        var answer = await client.PostAsync(path, ContractJson.Default.AsideResult, CancellationToken.None).ConfigureAwait(false);
        if (answer.Failure is not null)
            return answer.Failure.Report(context.Terminal);
        context.Terminal.Out.WriteLine(answer.Value!.Message);
        return answer.Value.Kept.Count == 0 ? ExitCode.Ok : ExitCode.Refused;
    }
}
