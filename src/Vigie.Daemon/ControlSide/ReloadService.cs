using System.Text;
using Vigie.Configuration;
using Vigie.Contract;
using Vigie.Daemon.GuardianSide;

namespace Vigie.Daemon.ControlSide;

/// <summary>Reloads: read, check, and only then hand over. Any error leaves everything as it was.</summary>
internal sealed class ReloadService(string configFile, NodeChannel channel, EventRing events)
{
    /// <summary>The result, or the error that explains why nothing changed. Never throws.</summary>
    public async Task<(ReloadResult? Result, ErrorDetail? Error)> ReloadAsync()
    {
        try
        {
            var (result, error) = await TryReloadAsync().ConfigureAwait(false);
            if (error is not null)
                events.Add(EventText.Own("reload_refused", EventSeverity.Error,
                    $"{error.Message}; the running configuration stays{string.Concat(error.Details.Select(d => $"\n{d}"))}", error.Remedy));
            return (result, error);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            events.Add(EventText.Own("reload_refused", EventSeverity.Error, $"the node did not take the configuration: {e.Message}"));
            return (null, new ErrorDetail { Code = ErrorCodes.Busy, Message = $"the node did not take the configuration: {e.Message}" });
        }
    }

    private async Task<(ReloadResult?, ErrorDetail?)> TryReloadAsync()
    {
        if (StartChecks.ReadConfiguration(configFile, out var text) is { } unreadable)
            return (null, new ErrorDetail { Code = ErrorCodes.ConfigurationInvalid, Message = unreadable });
        var read = ConfigurationReader.Read(text, configFile, Environment.MachineName);
        if (read.Config is null)
            return (null, new ErrorDetail
            {
                Code = ErrorCodes.ConfigurationInvalid,
                Message = $"{configFile} has {read.ErrorCount} error{(read.ErrorCount == 1 ? "" : "s")}; nothing was changed",
                Remedy = $"correct the file and check it with `vigie config check {configFile}`",
                Details = read.RenderEach(),
            });
        var done = await channel.ConfigureAsync(Encoding.UTF8.GetBytes(text)).ConfigureAwait(false);
        if (!done.Accepted)
            return (null, new ErrorDetail { Code = ErrorCodes.Internal, Message = $"the node refused the configuration: {done.Error}" });
        var changed = done.Added.Count + done.Removed.Count + done.Changed.Count > 0;
        return (new ReloadResult
        {
            Changed = changed,
            Added = done.Added,
            Removed = done.Removed,
            ChangedRouters = done.Changed,
            Message = changed
                ? $"the new configuration is live: {done.Added.Count} added, {done.Removed.Count} removed, {done.Changed.Count} changed"
                : "the file says what is running already",
        }, null);
    }
}
