using System.Runtime.InteropServices;
using Vigie.Core;

namespace Vigie.Node.Routers;

// Who is to be looked at next, so that a wake-up costs as much as is due and not as much as is configured:
//
//   anything changes a router ──► Touch ──► Settle: the router is asked anew for its times, and queued by them
//
//   due        its election, the renewal of its addresses, or an answer to a claim
//   announcers frames
//   listeners  not by a time, but by the interval at which it hears something: whoever hears most often would be deaf first
//   late       in no order: those that are watched at every step until they keep time again

/// <summary>
/// The virtual routers of a host by what they wait for. It decides nothing: what a router waits for is said by
/// <see cref="RouterRuntime"/>, and by nobody else.
/// </summary>
internal sealed class RouterSchedule
{
    private readonly List<RouterRuntime> _touched = [];
    private readonly RouterQueue _due = new();
    private readonly RouterQueue _announcers = new();
    private readonly RouterQueue _listeners = new();
    private readonly List<RouterRuntime> _late = [];

    /// <summary>When the first router has something to do apart from announcing.</summary>
    public Instant DueAt => _due.FirstAt;

    /// <summary>When the first router has frames to send.</summary>
    public Instant AnnouncesAt => _announcers.FirstAt;

    /// <summary>The one that has; there must be one.</summary>
    public RouterRuntime FirstAnnouncer => _announcers.First;

    /// <summary>The shortest interval at which a router that waits for silence hears something, or null when none waits.</summary>
    public TimeSpan? ShortestHearing => _listeners.FirstAt is var first && first == Instant.Never ? null : first - Instant.Zero;

    /// <summary>Those that have been late for so long that it was told, or is to be told.</summary>
    public ReadOnlySpan<RouterRuntime> Late => CollectionsMarshal.AsSpan(_late);

    /// <summary>Room for that many, so that none is made when the host is steady.</summary>
    public void Reserve(int routers)
    {
        _touched.EnsureCapacity(routers);
        _due.Reserve(routers);
        _announcers.Reserve(routers);
        _listeners.Reserve(routers);
    }

    /// <summary>What the router waits for may have changed.</summary>
    public void Touch(RouterRuntime router)
    {
        if (router.IsTouched)
            return;
        router.IsTouched = true;
        _touched.Add(router);
    }

    /// <summary>Queues anew whoever was touched. Nothing else of this is right before.</summary>
    public void Settle()
    {
        foreach (var router in _touched)
        {
            router.IsTouched = false;
            _due.Set(router.DuePlace, router.DueAt);
            _announcers.Set(router.AnnouncerPlace, router.AnnouncesAt);
            _listeners.Set(router.ListenerPlace, ListenerKey(router));
            if (router.IsLate == router.IsListedLate)
                continue;
            router.IsListedLate = router.IsLate;
            if (router.IsLate)
                _late.Add(router);
            else
                _late.Remove(router);
        }

        _touched.Clear();
    }

    /// <summary>Takes out whoever is due: each once, however often it is due. All of them must be touched afterwards.</summary>
    public void TakeDue(Instant now, List<RouterRuntime> due)
    {
        while (_due.FirstAt <= now)
        {
            var router = _due.First;
            _due.Set(router.DuePlace, Instant.Never);
            due.Add(router);
        }
    }

    /// <summary>A router that was changed and not touched, so that it would be looked at too late or for nothing; found by asking every one.</summary>
    public RouterRuntime? FindForgotten(List<RouterRuntime> routers)
    {
        var (due, announcers, listeners, late) = (0, 0, 0, 0);
        foreach (var router in routers)
        {
            if (router.DuePlace.At != router.DueAt || router.AnnouncerPlace.At != router.AnnouncesAt
                || router.ListenerPlace.At != ListenerKey(router) || router.IsListedLate != router.IsLate)
                return router;
            due += router.DueAt != Instant.Never ? 1 : 0;
            announcers += router.AnnouncesAt != Instant.Never ? 1 : 0;
            listeners += router.Listens ? 1 : 0;
            late += router.IsLate ? 1 : 0;
        }

        if (due != _due.Count || announcers != _announcers.Count || listeners != _listeners.Count || late != _late.Count)
            throw new InvalidOperationException("somebody is queued who is not there");
        return null;
    }

    private static Instant ListenerKey(RouterRuntime router) =>
        router.Listens ? Instant.Zero + router.Election.HearingInterval : Instant.Never;
}
