using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Node.Routers;

namespace Vigie.Node;

// Whose turn it is. A step looks only at those virtual routers of which something is due; RouterSchedule knows them.
public sealed partial class ElectionLoop
{
    private readonly List<RouterRuntime> _visited = [];

    /// <summary>
    /// The name of a virtual router that would not be looked at when something of it is due, found by asking every one; null, as it
    /// should be, when there is none. To be called after <see cref="Step"/>: whoever tests the loop does so each time.
    /// </summary>
    public string? FindForgotten() => _schedule.FindForgotten(_routers)?.Config.Name;

    /// <summary>For how long a router that waits for silence is content with not being stepped.</summary>
    private static TimeSpan Patience(TimeSpan hearingInterval) => hearingInterval * 5 / 4;

    /// <summary>A pause that is longer was one of this host.</summary>
    private static TimeSpan LongestPause(TimeSpan hearingInterval) => Patience(hearingInterval) + hearingInterval / 2;

    /// <summary>
    /// Whoever waits for silence is stepped at least this often, whether it hears anything or not, so that a longer pause was one
    /// of this host, in which it was deaf too.
    /// </summary>
    private Instant PatienceEndsAt(Instant now) => _schedule.ShortestHearing is { } shortest ? now + Patience(shortest) : Instant.Never;

    private void NoteUnattended(Instant now)
    {
        var pause = now - _steppedAt;
        if (!_stepped || _schedule.ShortestHearing is not { } shortest || pause <= LongestPause(shortest))
            return;
        foreach (var router in _routers)
        {
            if (!router.Listens || pause <= LongestPause(router.Election.HearingInterval))
                continue;
            router.Election.OnAwake(now);
            router.Election.OnUnattended(now, pause - Patience(router.Election.HearingInterval));
            router.Touch();
        }

        _schedule.Settle();
    }

    private void VisitDue(Instant now)
    {
        _schedule.TakeDue(now, _visited);
        foreach (var router in _visited)
        {
            Visit(now, router);
            router.Touch();
        }

        _visited.Clear();
        _schedule.Settle();
    }

    private void Visit(Instant now, RouterRuntime router)
    {
        router.Election.OnAwake(now);
        if (router.Election.NextDeadline <= now)
            OnDeadline(now, router);
        ReportTime(now, router);
        if (router.RenewAt <= now)
            Renew(now, router);
        if (router.DefendAt <= now)
            Defend(now, router);
    }

    private void OnDeadline(Instant now, RouterRuntime router)
    {
        var due = router.Election.State == RouterState.Active ? router.Election.AdvertiseAt : Instant.Never;
        router.Election.OnDeadline(now, _effects);
        Run(now, router, due);
    }

    /// <summary>Who keeps time again says so at the next step, whatever that is made for.</summary>
    private void WatchLate(Instant now)
    {
        foreach (var router in _schedule.Late)
        {
            router.Election.OnAwake(now);
            ReportTime(now, router);
            router.Touch();
        }
    }

    /// <summary>So that nothing is allocated later.</summary>
    private void Reserve()
    {
        _schedule.Reserve(_routers.Count);
        _visited.EnsureCapacity(_routers.Count);
    }

    private void Forget(int index)
    {
        _routers[index].Forget();
        _routers.RemoveAt(index);
    }
}
