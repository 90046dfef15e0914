using System.Text;
using Vigie.Configuration;
using Vigie.Contract;
using Vigie.Core.Configuration;
using Vigie.Daemon.GuardianSide;
using Vigie.Node.Messages;

namespace Vigie.Daemon.ControlSide;

/// <summary>Reloads: read, check, and only then hand over. Any error leaves everything as it was.</summary>
internal sealed class ReloadService(string configFile, NodeChannel channel, EventRing events, RunningConfiguration running) : IDisposable
{
    /// <summary>From reading the file to the answer: else one who read an older file could be the last to hand it over.</summary>
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>The result, or the error that explains why nothing changed. Never throws.</summary>
    /// <param name="planOnly">Whether to say what would change, and to change nothing.</param>
    public async Task<(ReloadResult? Result, ErrorDetail? Error)> ReloadAsync(bool planOnly)
    {
        await _oneAtATime.WaitAsync().ConfigureAwait(false);
        try
        {
            var (result, error) = await TryReloadAsync(planOnly).ConfigureAwait(false);
            if (error is not null && !planOnly)
                events.Add(EventText.Own("reload_refused", EventSeverity.Error,
                    $"{error.Message}; the running configuration stays{string.Concat(error.Details.Select(d => $"\n{d}"))}", error.Remedy));
            return (result, error);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            if (!planOnly)
                events.Add(EventText.Own("reload_refused", EventSeverity.Error, $"the node did not take the configuration: {e.Message}"));
            return (null, new ErrorDetail { Code = ErrorCodes.Busy, Message = $"the node did not take the configuration: {e.Message}" });
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task<(ReloadResult?, ErrorDetail?)> TryReloadAsync(bool planOnly)
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
        var done = await channel.ConfigureAsync(Encoding.UTF8.GetBytes(text), planOnly).ConfigureAwait(false);
        if (!done.Refusals.IsEmpty)
            return (null, RefusalText.Describe(done));
        if (!done.Accepted)
            return (null, new ErrorDetail { Code = ErrorCodes.Internal, Message = $"the node refused the configuration: {done.Error}" });
        var notify = SettingChange.Between(running.Current.Notify, read.Config.Notify);
        if (!planOnly)
            running.Replace(read.Config);
        return (Describe(done, notify), null);
    }

    private static ReloadResult Describe(ConfigurationDoneMessage done, List<SettingChange> notify)
    {
        var outcome = done.Outcome;
        var changed = outcome.Added.Count + outcome.Removed.Count + outcome.Changed.Count + outcome.Settings.Count + notify.Count > 0;
        var counts = $"{outcome.Added.Count} added, {outcome.Removed.Count} removed, {outcome.Changed.Count} changed{(notify.Count > 0 ? "; notifications change" : "")}";
        return new ReloadResult
        {
            Changed = changed,
            Planned = done.Planned,
            Added = outcome.Added,
            Removed = outcome.Removed,
            ChangedRouters = outcome.Changed,
            Unchanged = outcome.Unchanged,
            Settings = [.. outcome.Settings.Concat(notify).Select(s => new SettingChangeDocument { Router = s.Router, Key = s.Key, Old = s.Old, New = s.New })],
            Moves = outcome.Moves,
            MayMove = outcome.MayMove,
            LeftOut = done.LeftOut,
            Message = (changed, done.Planned) switch
            {
                (false, _) => "the file says what is running already",
                (true, false) => $"the new configuration is live: {counts}",
                (true, true) => $"a reload would make of the virtual routers: {counts}; nothing was done",
            },
        };
    }
}
