using Vigie.Contract;
using Vigie.Core.Election;
using Vigie.Node;
using Vigie.Node.Events;
using Vigie.Node.Messages;

namespace Vigie.Daemon.ControlSide;

/// <summary>
/// Operators' wishes to move roles: kept first, then told to the node, then watched until the role is where it belongs.
/// </summary>
internal sealed class AsideService(NodeChannel channel, AsideStore store, EventRing events)
{
    // A successor, its announcements, and somewhat more.
    private static readonly TimeSpan Patience =
        VirtualRouter.LongestSuccession + VirtualRouter.LongestAnnouncing + TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();

    /// <summary>The node tells that a wish has ended by itself.</summary>
    public void OnEvent(NodeEvent nodeEvent, string router)
    {
        if (nodeEvent.Kind == NodeEventKind.StandsAside && (AsideCause)nodeEvent.Count == AsideCause.None && router.Length > 0)
            _ = Keep(state => state.Without(router));
    }

    /// <summary>Moves the role of a virtual router to another host; answers when it has moved or has come back.</summary>
    public async Task<(AsideResult? Result, ErrorDetail? Error)> SwitchoverAsync(string name, CancellationToken stop)
    {
        if (Keep(state => state.With(name)) is { } failure)
            return (null, failure);
        var answer = await channel.WishAsync(AsideWish.Switchover, name).ConfigureAwait(false);
        if (answer != AsideAnswer.Done)
        {
            _ = answer == AsideAnswer.NotActive && await IsMovedAwayAsync(name, stop).ConfigureAwait(false)
                ? null : Keep(state => state.Without(name));
            return (null, Refusal(answer, name));
        }

        var left = await AwaitLeaveAsync(router => router.Name == name, stop).ConfigureAwait(false);
        var stayed = left.Any(router => router.State == RouterState.Active);
        return (new AsideResult
        {
            Message = stayed ? $"no other host took {name} over; this host has it again"
                : $"{name} has moved to {ActiveOf(left)}; it does not come back until that host fails or resigns, or `vigie failback {name}`",
            Moved = stayed ? [] : [name],
            Kept = stayed ? [name] : [],
        }, null);
    }

    public async Task<(AsideResult? Result, ErrorDetail? Error)> FailbackAsync(string name)
    {
        var answer = await channel.WishAsync(AsideWish.Failback, name).ConfigureAwait(false);
        if (answer != AsideAnswer.Done)
            return (null, Refusal(answer, name));
        return Keep(state => state.Without(name)) is { } failure
            ? (null, failure)
            : (new AsideResult { Message = $"{name} is taken back if this host is the fittest, within four advertisement intervals" }, null);
    }

    /// <summary>Takes the host out of every election; answers when its roles have moved.</summary>
    public async Task<(AsideResult? Result, ErrorDetail? Error)> DrainAsync(CancellationToken stop)
    {
        if (Keep(state => state with { Drained = true }) is { } failure)
            return (null, failure);
        var before = await channel.StatusAsync(stop).ConfigureAwait(false);
        var active = before.Routers.Where(router => router.State == RouterState.Active).Select(router => router.Name).ToHashSet();
        _ = await channel.WishAsync(AsideWish.Drain, "").ConfigureAwait(false);
        var left = await AwaitLeaveAsync(router => active.Contains(router.Name), stop).ConfigureAwait(false);
        string[] kept = [.. left.Where(router => router.State == RouterState.Active).Select(router => router.Name)];
        return (new AsideResult
        {
            Message = kept.Length == 0
                ? "this host is drained: it takes no role until `vigie undrain`, after a restart neither"
                : $"this host is drained, but no other host took {string.Join(", ", kept)} over: it serves until one does",
            Moved = [.. active.Except(kept).Order(StringComparer.Ordinal)],
            Kept = kept,
        }, null);
    }

    public async Task<(AsideResult? Result, ErrorDetail? Error)> UndrainAsync()
    {
        if (Keep(_ => AsideState.None) is { } failure)
            return (null, failure);
        _ = await channel.WishAsync(AsideWish.Undrain, "").ConfigureAwait(false);
        return (new AsideResult { Message = "this host takes part in the election again" }, null);
    }

    private async Task<IReadOnlyList<RouterStatus>> AwaitLeaveAsync(Func<RouterStatus, bool> concerns, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        while (true)
        {
            var status = await channel.StatusAsync(patience.Token).ConfigureAwait(false);
            RouterStatus[] concerned = [.. status.Routers.Where(concerns)];
            if (!concerned.Any(router => router.Leaving))
                return concerned;
            await Task.Delay(LookAgain, patience.Token).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsMovedAwayAsync(string name, CancellationToken stop)
    {
        var status = await channel.StatusAsync(stop).ConfigureAwait(false);
        return status.Routers.Any(router => router.Name == name && router.Aside == AsideCause.Switchover);
    }

    private ErrorDetail? Keep(Func<AsideState, AsideState> change)
    {
        lock (_gate)
        {
            // What cannot be read is not carried over either: the node has not heard of it.
            if (store.Save(change(store.Load(out _))) is not { } failure)
                return null;
            const string Remedy = "see that the daemon may write to its --state-dir and that the disk is not full";
            events.Add(EventText.Own("aside_not_kept", EventSeverity.Error, $"what was said about this host's roles cannot be kept: {failure}", Remedy));
            return new ErrorDetail { Code = ErrorCodes.Internal, Message = $"this cannot be kept for a restart: {failure}; nothing has changed", Remedy = Remedy };
        }
    }

    private static string ActiveOf(IReadOnlyList<RouterStatus> routers)
    {
        foreach (var router in routers)
            foreach (var family in router.Families)
                if (!family.ActiveSource.IsNone)
                    return family.ActiveSource.ToString();
        return "another host";
    }

    private static ErrorDetail Refusal(AsideAnswer answer, string name) => answer switch
    {
        AsideAnswer.Unknown => new ErrorDetail
        {
            Code = ErrorCodes.NotFound, Message = $"there is no virtual router '{name}'", Remedy = "`vigie status` lists them",
        },
        AsideAnswer.NotActive => new ErrorDetail
        {
            Code = ErrorCodes.Refused, Message = $"{name} is not active on this host", Remedy = "run this on the host that `vigie status` shows as the Active",
        },
        AsideAnswer.NotAside => new ErrorDetail { Code = ErrorCodes.Refused, Message = $"{name} was not moved away from this host", Remedy = null },
        AsideAnswer.Drained => new ErrorDetail
        {
            Code = ErrorCodes.Refused, Message = "this host is drained", Remedy = "`vigie undrain` ends that",
        },
        AsideAnswer.Done => throw new InvalidOperationException("that is no refusal"),
    };
}
