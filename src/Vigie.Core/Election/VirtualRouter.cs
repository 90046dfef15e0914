using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Core.Wire;

namespace Vigie.Core.Election;

// One virtual router's election (RFC 9568 6.4, RFC 3768 6.4 for version 2): a pure machine, no I/O, no clock.
//
//                 OnInterfaceReady                 all families' Active silent
//   Fault ──────────────────────────► Backup ──────────────────────────────────► Active
//     ▲   (priority 255: straight to    ▲                                          │
//     │    Active)                      └───────── better advertisement ───────────┤
//     └──── OnInterfaceLost, OnAddressesFailed ────────────────────────────────────┘      OnShutdown: Initialize
//           (and from Backup: an address that is somebody else's at the start, see VirtualRouter.Probing.cs)
//
// A router may hold both families. On the wire these are two RFC virtual routers with one VRID; here they move as one:
// it yields when either family hears a better Active and takes over only when every family's timer has expired.

/// <summary>One virtual router's election: inputs and time in, effects out.</summary>
public sealed partial class VirtualRouter
{
    private static readonly TimeSpan FirstHoldDown = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestHoldDown = TimeSpan.FromSeconds(60);

    // An advertisement this late follows three intervals of silence: peers may have taken over.
    private const int OversleptIntervals = 2;

    private readonly ActiveWatch? _v4;
    private readonly ActiveWatch? _v6;
    private readonly FlapDamping _damping = new();
    private Instant _advertiseAt = Instant.Never;
    private Instant _assertedAt = Instant.Zero;
    private Instant _preemptAt = Instant.Never;
    private Instant _retryAt = Instant.Never;
    private TimeSpan _holdDown = FirstHoldDown;
    private bool _graceGranted;
    private bool _interfaceReady;

    public VirtualRouter(VirtualRouterConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        if (config.HasFamily(IpFamily.IPv4))
            _v4 = new ActiveWatch(IpFamily.IPv4);
        if (config.HasFamily(IpFamily.IPv6))
            _v6 = new ActiveWatch(IpFamily.IPv6);
    }

    public VirtualRouterConfig Config { get; private set; }

    public RouterState State { get; private set; } = RouterState.Initialize;

    public TransitionReason Reason { get; private set; }

    /// <summary>When the present state was entered.</summary>
    public Instant Since { get; private set; }

    /// <summary>How often the state has changed.</summary>
    public long Transitions { get; private set; }

    /// <summary>Until when an Active of lower priority is left alone, see <see cref="FlapDamping"/>; Zero for not at all.</summary>
    public Instant PreemptionHeldUntil => _damping.HeldUntil;

    /// <summary>How often the role was lost by this host's own fault; outlives the process.</summary>
    public FlapRecord Flaps => _damping.Record;

    /// <summary>When the next advertisement is due; <see cref="Instant.Never"/> unless Active.</summary>
    public Instant AdvertiseAt => _advertiseAt;

    /// <summary>When the machine wants <see cref="OnDeadline"/>, or null when only an input can move it.</summary>
    public Instant? NextDeadline => Instant.Min(DecidesAt, _probing.DueAt) is var deadline && deadline == Instant.Never ? null : deadline;

    /// <summary>The same apart from mere questions (<see cref="EffectKind.ProbeAddresses"/>): when more may follow than one of them.</summary>
    public Instant DecidesAt => Instant.Min(_leaveAt, State switch
    {
        RouterState.Active => _advertiseAt,
        RouterState.Backup => TakeOverAt(),
        RouterState.Fault => _retryAt,
        RouterState.Initialize => Instant.Never,
        _ => throw new InvalidOperationException($"unknown state {State}"),
    });

    /// <summary>Who the Active of a family is, as far as this router knows; None when nobody or when it is this router.</summary>
    public IpAddress ActiveSource(IpFamily family) => Watch(family)?.ActiveSource ?? IpAddress.None;

    public byte ActivePriority(IpFamily family) => Watch(family)?.ActivePriority ?? 0;

    /// <summary>The longer of the families' Active_Adver_Intervals: how often there is something to hear at least.</summary>
    public TimeSpan HearingInterval => LongestActiveAdverInterval();

    /// <summary>Active_Adver_Interval of RFC 9568 6.1 for a family.</summary>
    public TimeSpan ActiveAdverInterval(IpFamily family) => Watch(family)?.ActiveAdverInterval ?? Config.AdvertisementInterval;

    /// <summary>Our own source address of a family.</summary>
    public IpAddress Primary(IpFamily family) => Watch(family)?.Primary ?? IpAddress.None;

    /// <summary>
    /// The Startup event of RFC 9568 6.4.1: the interface carries traffic and has a source address for each family in use.
    /// Called again when only a source address has changed.
    /// </summary>
    public void OnInterfaceReady(Instant now, IpAddress primaryIPv4, IpAddress primaryIPv6, List<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        _v4?.Primary = primaryIPv4;
        _v6?.Primary = primaryIPv6;
        var wasReady = _interfaceReady;
        _interfaceReady = true;
        if (wasReady || State is not (RouterState.Initialize or RouterState.Fault))
            return;
        Begin(now, effects);
    }

    /// <summary>The interface is gone, down, or without a source address: nothing can be owned or said there.</summary>
    public void OnInterfaceLost(Instant now, TransitionReason cause, List<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        _interfaceReady = false;
        _adopted = null;
        _retryAt = Instant.Never;
        StopProbing();
        if (State == RouterState.Fault && Reason == cause)
            return;
        if (State == RouterState.Active)
        {
            _damping.OnRoleLost(now);
            // Very likely nobody hears it, but an interface that only lost an address may still carry it.
            effects.Add(Effect.SendAdvertisement(0));
            effects.Add(Effect.StopAnnouncing);
        }

        Enter(now, RouterState.Fault, cause, effects);
        Release(effects);
    }

    /// <summary>An advertisement for this virtual router from somebody else.</summary>
    public void OnAdvertisement(Instant now, in HeardAdvertisement heard, List<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        var watch = Watch(heard.Family);
        if (watch is null)
            return;
        watch.Note(now, heard);
        if (IsLeaving && heard.Priority > 0)
            SuccessorSpoke(now, heard.Family, effects);
        switch (State)
        {
            case RouterState.Backup:
                HearAsBackup(now, watch, heard);
                break;
            case RouterState.Active:
                HearAsActive(now, watch, heard, effects);
                break;
            case RouterState.Fault when IsInConflict && heard.Priority > 0:
                HearInConflict(now, watch, heard, effects);
                break;
            case RouterState.Initialize:
            case RouterState.Fault:
                // RFC 9568 6.4.1: nothing is done; who the Active is is kept for the operator.
                watch.Observe(heard);
                break;
            default:
                throw new InvalidOperationException($"unknown state {State}");
        }
    }

    /// <summary>
    /// This host has not run, and so has not listened, for longer than an interval until now. A Backup that took the
    /// silence for the Active's would take over for nothing: it waits for an interval and a quarter more, once in each silence.
    /// </summary>
    /// <param name="now">When it ran again.</param>
    /// <param name="late">How long it should have run before.</param>
    public void OnUnattended(Instant now, TimeSpan late)
    {
        if (State == RouterState.Backup)
        {
            _time.OnLate(now, late, Config.AdvertisementInterval);
            GrantAnInterval(now);
        }
        else if (IsInConflict)
        {
            AskAgainLater(now);
        }
    }

    /// <summary>The kernel has taken every address: now, and not before, neighbours may be taught.</summary>
    public void OnAddressesReady(Instant now, List<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        if (State != RouterState.Active)
            return;
        _holdDown = FirstHoldDown;
        effects.Add(Effect.AnnounceAddresses);
    }

    /// <summary>The kernel refused an address: an Active that cannot serve says so and stands back for a while.</summary>
    public void OnAddressesFailed(Instant now, List<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        if (State != RouterState.Active)
            return;
        effects.Add(Effect.SendAdvertisement(0));
        effects.Add(Effect.StopAnnouncing);
        _damping.OnRefused(now);
        Enter(now, RouterState.Fault, TransitionReason.AddressesFailed, effects);
        Release(effects);
        _retryAt = now + NextHoldDown();
    }

    /// <summary>
    /// The Shutdown event of RFC 9568 6.4.2 and 6.4.3, at once: resign if Active, then take no part. A leave that is under
    /// way is over. <see cref="OnLeave"/> is the same without a gap for clients.
    /// </summary>
    public void OnShutdown(Instant now, List<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        if (State == RouterState.Initialize)
        {
            if (IsLeaving)
                Release(effects);
            return;
        }

        if (State == RouterState.Active)
        {
            effects.Add(Effect.SendAdvertisement(0));
            effects.Add(Effect.StopAnnouncing);
        }

        Enter(now, RouterState.Initialize, TransitionReason.Shutdown, effects);
        Release(effects);
        _interfaceReady = false;
        _retryAt = Instant.Never;
        StopProbing();
    }

    /// <summary>
    /// New settings for the same virtual router (same VRID, interface, version and families): role, learned state and
    /// counters stay. An Active says its new priority and holds its new addresses at once.
    /// </summary>
    public void OnReconfigured(Instant now, VirtualRouterConfig config, List<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(effects);
        if (config.Preempt != Config.Preempt || _damping.HeldUntil > now)
            _preemptAt = Instant.Never; // what held it back is forgotten below
        Config = config;
        _damping.Reset();
        _time.Reset();
        if (State == RouterState.Active)
        {
            effects.Add(Effect.SendAdvertisement(Priority));
            _advertiseAt = now + config.AdvertisementInterval;
            effects.Add(Effect.AcquireAddresses);
        }
        else if (State == RouterState.Backup)
        {
            _v4?.Reconfigure(config);
            _v6?.Reconfigure(config);
            if (_probing.IsUnderWay)
                ProbeUntil(now, ActiveDownAt()); // the addresses may be others
        }
        else if (IsInConflict)
        {
            Begin(now, effects);
        }
        else if (State == RouterState.Fault && _retryAt != Instant.Never)
        {
            _retryAt = now; // what the kernel refused may be what was changed
        }
    }

    /// <summary>The time of <see cref="NextDeadline"/> has come. All input that arrived before must have been given first.</summary>
    public void OnDeadline(Instant now, List<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        if (now >= _leaveAt)
            OnLeaveDeadline(now, effects);

        switch (State)
        {
            case RouterState.Active:
                if (now >= _advertiseAt && !LeavesForLateness(now, effects))
                    Advertise(now, effects);
                break;
            case RouterState.Backup:
                if (now >= TakeOverAt())
                    TakeOverUnlessLate(now, effects);
                break;
            case RouterState.Fault:
                if (now < _retryAt)
                    break;
                if (IsInConflict)
                    EndConflict(now, effects);
                else
                    Begin(now, effects);
                break;
            case RouterState.Initialize:
                break;
            default:
                throw new InvalidOperationException($"unknown state {State}");
        }

        if (now >= _probing.DueAt)
            AskForOthers(now, effects);
    }

    /// <summary>How long to stand back this time; twice as long the next.</summary>
    private TimeSpan NextHoldDown()
    {
        var hold = _holdDown;
        _holdDown = _holdDown * 2 < LongestHoldDown ? _holdDown * 2 : LongestHoldDown;
        return hold;
    }

    private void Begin(Instant now, List<Effect> effects)
    {
        _retryAt = Instant.Never;
        StopLeaving();
        if (TakeUp(now, effects))
            return;
        _v4?.Start(now, Config);
        _v6?.Start(now, Config);
        _preemptAt = Instant.Never;
        if (IsOwner && Aside == AsideCause.None)
        {
            BecomeActive(now, TransitionReason.AddressOwner, effects); // RFC 9568 6.4.1
            return;
        }

        Enter(now, RouterState.Backup, TransitionReason.Startup, effects);
        // What a crashed predecessor may have left: a Backup holds no virtual address (RFC 9568 6.4.2).
        effects.Add(Effect.ReleaseAddresses);
        ListenFirst(now);
    }

    private void HearAsBackup(Instant now, ActiveWatch watch, in HeardAdvertisement heard)
    {
        _graceGranted = false;
        StopProbing();
        if (heard.Priority == 0)
        {
            // Packets of two hosts may overtake each other: a resignation that arrives after its successor's first word says
            // nothing of the successor, and must not start another takeover.
            if (!watch.ActiveSource.IsNone && watch.ActiveSource != heard.Source)
                return;
            _preemptAt = Instant.Never;
            NewOwnerResigned();
            watch.ActiveLeaves(now, Config); // RFC 9568 6.4.2
            return;
        }

        if (watch.IsAboutToYield(now, heard))
        {
            if (heard.Priority >= Config.Priority)
                watch.Wait(now, Config);
            return;
        }

        if (heard.Priority >= Config.Priority)
        {
            _returning = false; // there is nothing to take back from a better one
            _preemptAt = Instant.Never;
            watch.Follow(now, heard, Config);
            return;
        }

        var preempt = PreemptMode(); // an Active of lower priority
        if (preempt.Enabled && _preemptAt == Instant.Never)
            _preemptAt = IsOwner || _returning ? now : Instant.Max(now + preempt.After, _damping.HeldUntil);
        if (preempt.Enabled && now >= _preemptAt && (!_time.IsLost || IsOwner || _returning))
            watch.Outrank(heard); // discarded: the timer runs out
        else
            watch.Follow(now, heard, Config);
    }

    private void HearAsActive(Instant now, ActiveWatch watch, in HeardAdvertisement heard, List<Effect> effects)
    {
        if (heard.Priority == 0)
        {
            // RFC 9568 6.4.3
            if (!MayAssert(now))
                return;
            effects.Add(Effect.SendAdvertisement(Priority));
            _advertiseAt = now + Config.AdvertisementInterval;
            return;
        }

        if (now - _advertiseAt >= OversleptIntervals * Config.AdvertisementInterval)
        {
            // Whoever speaks has taken over from a host that was silent. Having been Active before is no claim any more:
            // we come back as any Backup does.
            effects.Add(Effect.StopAnnouncing);
            _damping.OnRoleLost(now);
            Enter(now, RouterState.Backup, TransitionReason.Overslept, effects);
            _v4?.Start(now, Config);
            _v6?.Start(now, Config);
            HearAsBackup(now, watch, heard);
            effects.Add(Effect.ReleaseAddresses);
            return;
        }

        if (heard.Priority > Priority || Aside == AsideCause.Drain || (heard.Priority == Priority && LosesTie(now, watch, heard)))
        {
            // Our last word, which RFC 9568 6.4.3 does not ask for. After a healed partition the better Active may not know
            // that there were two, and neighbours still believe us: hearing a lower Active makes it announce again.
            effects.Add(Effect.SendAdvertisement(Priority));
            effects.Add(Effect.StopAnnouncing);
            Enter(now, RouterState.Backup,
                Aside == AsideCause.Drain ? TransitionReason.Drained
                : heard.Priority > Priority ? TransitionReason.HigherPriority : TransitionReason.TieLost, effects);
            _v4?.Start(now, Config);
            _v6?.Start(now, Config);
            watch.Follow(now, heard, Config);
            BeginLeaving(now, now + LongestAnnouncing);
            SuccessorSpoke(now, heard.Family, effects);
            return;
        }

        // Assert our role to the sender and to the bridges between us, besides the regular beat. Its claim may have taught
        // the neighbours its MAC, so they are taught again; the announcer bounds how often.
        if (MayAssert(now))
            effects.Add(Effect.SendAdvertisement(Priority));
        effects.Add(Effect.AnnounceAddresses);
    }

    /// <summary>
    /// Answers to others are bounded: two Actives that each outrank the other on a family, or a flood of resignations,
    /// must not make a storm of ours. A quarter of the interval is well within what a Backup waits for.
    /// </summary>
    private bool MayAssert(Instant now)
    {
        if (_assertedAt != Instant.Zero && now - _assertedAt < Config.AdvertisementInterval / 4)
            return false;
        _assertedAt = now;
        return true;
    }

    /// <summary>
    /// Equal priority: the greater primary address wins (RFC 9568 6.4.3). A pair of families needs one verdict, or
    /// two hosts could each yield on another family for ever: while IPv4 is heard, IPv4 alone decides.
    /// </summary>
    private bool LosesTie(Instant now, ActiveWatch watch, in HeardAdvertisement heard)
    {
        if (watch.Family == IpFamily.IPv6 && _v4 is { } v4 && v4.LastHeardAt != Instant.Zero
            && now - v4.LastHeardAt < ElectionTimers.ActiveDownInterval(Config.Version, Config.Priority, Config.AdvertisementInterval))
            return false;
        return heard.Source > watch.Primary;
    }

    private void TakeOverUnlessLate(Instant now, List<Effect> effects)
    {
        // A host that could not run for a while has not listened either: what it takes for silence may be its own.
        if (now - ActiveDownAt() > LongestActiveAdverInterval() / 2 && GrantAnInterval(now))
            return;
        if (IsForbiddenByConflict(now, effects))
            return;

        var resigned = (_v4?.Resigned ?? false) || (_v6?.Resigned ?? false);
        var outranked = (_v4?.HeardLower ?? false) || (_v6?.HeardLower ?? false);
        BecomeActive(now,
            resigned ? TransitionReason.ActiveResigned : outranked ? TransitionReason.Preempted : TransitionReason.ActiveSilent,
            effects);
    }

    private bool GrantAnInterval(Instant now)
    {
        if (_graceGranted)
            return false;
        _graceGranted = true;
        // And a quarter: the Active may have spoken just before we listened again, and its next word takes its way.
        var until = now + LongestActiveAdverInterval() * 5 / 4;
        _v4?.Postpone(until);
        _v6?.Postpone(until);
        return true;
    }

    private void BecomeActive(Instant now, TransitionReason reason, List<Effect> effects)
    {
        if (Aside == AsideCause.Switchover)
            Aside = AsideCause.None;
        _returning = false;
        _lastResort = _time.IsLost; // whoever keeps time had the time to come first
        StopLeaving();
        StopProbing();
        // RFC 9568 6.4.2: the advertisement goes out first, so that a rival lets go while we add addresses.
        effects.Add(Effect.SendAdvertisement(Priority));
        Enter(now, RouterState.Active, reason, effects);
        effects.Add(Effect.AcquireAddresses);
        _advertiseAt = now + Config.AdvertisementInterval;
        _v4?.ForgetActive();
        _v6?.ForgetActive();
    }

    private void Advertise(Instant now, List<Effect> effects)
    {
        effects.Add(Effect.SendAdvertisement(Priority)); // RFC 9568 6.4.3
        if (now - _advertiseAt >= OversleptIntervals * Config.AdvertisementInterval)
            effects.Add(Effect.AcquireAddresses); // they may have expired; and whoever took over unheard yields now: announced anew
        // From the time it was due, not from the time it was sent: lateness must not add up to a slower beat.
        var next = _advertiseAt + Config.AdvertisementInterval;
        _advertiseAt = next > now ? next : now + Config.AdvertisementInterval;
    }

    private void Enter(Instant now, RouterState state, TransitionReason reason, List<Effect> effects)
    {
        if (State != state)
            Transitions++;
        State = state;
        Reason = reason;
        Since = now;
        _graceGranted = false;
        _advertiseAt = Instant.Never;
        _preemptAt = Instant.Never;
        effects.Add(Effect.ReportState(state, reason));
    }

    /// <summary>The last of the families' timers: only when every family's Active is silent may the pair be taken.</summary>
    private Instant ActiveDownAt() => (_v4, _v6) switch
    {
        ({ } v4, { } v6) => Instant.Max(v4.ActiveDownAt, v6.ActiveDownAt),
        ({ } v4, null) => v4.ActiveDownAt,
        (null, { } v6) => v6.ActiveDownAt,
        (null, null) => Instant.Never,
    };

    private TimeSpan LongestActiveAdverInterval()
    {
        var v4 = _v4?.ActiveAdverInterval ?? TimeSpan.Zero;
        var v6 = _v6?.ActiveAdverInterval ?? TimeSpan.Zero;
        return v4 > v6 ? v4 : v6;
    }

    private bool IsOwner => Config.Priority == VirtualRouterConfig.OwnerPriority;

    private ActiveWatch? Watch(IpFamily family) => family == IpFamily.IPv4 ? _v4 : _v6;
}
