using Vigie.Core.Configuration;
using Vigie.Core.Net;

namespace Vigie.Core.Election;

// Make before break (docs/decisions/0007-make-before-break.md). To the protocol a router that leaves is what it is after an ordinary
// resignation, Initialize or Backup; only its addresses stay a little longer:
//
//   OnLeave: resign ──► serve ──────────────────► hold, muted ──────────────────────────► release
//                         │   successor's first        ▲   50 ms after its announcements,
//                         │   advertisement            │   1 s after its advertisement at most
//                         │                            └── a better Active was heard (nothing is sent then)
//                         └── nobody came: release when shutting down, Active again otherwise
public sealed partial class VirtualRouter
{
    /// <summary>How long a successor is waited for at least; three intervals if that is longer.</summary>
    public static readonly TimeSpan ShortestSuccession = TimeSpan.FromSeconds(1);

    /// <summary>How long a successor is waited for at most.</summary>
    public static readonly TimeSpan LongestSuccession = TimeSpan.FromSeconds(10);

    /// <summary>From the successor's announcement of the last address to the release: what was sent before it has arrived by then.</summary>
    public static readonly TimeSpan LastPackets = TimeSpan.FromMilliseconds(50);

    /// <summary>From the successor's first advertisement to the release, if its announcements are not seen.</summary>
    public static readonly TimeSpan LongestAnnouncing = TimeSpan.FromSeconds(1);

    private const int SuccessionIntervals = 3;

    private Instant _leaveAt = Instant.Never;
    private bool _successorSpoke;
    private bool _announced;
    private bool _mutedIPv4;
    private bool _mutedIPv6;
    private bool _returning;

    /// <summary>The role is given up, and the addresses are still held.</summary>
    public bool IsLeaving => _leaveAt != Instant.Never;

    /// <summary>Whether an operator keeps this router from the role.</summary>
    public AsideCause Aside { get; private set; }

    /// <summary>What is advertised: the configured priority, except by an Active that is drained.</summary>
    public byte Priority => Aside == AsideCause.Drain ? VirtualRouterConfig.LeastPriority : Config.Priority; // whoever comes and may preempt takes the role

    /// <summary>Leaves for good, without a gap; <see cref="IsLeaving"/> says whether that takes time.</summary>
    public void OnLeave(Instant now, List<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        if (State == RouterState.Active)
        {
            Resign(now, RouterState.Initialize, TransitionReason.Shutdown, effects);
        }
        else if (IsLeaving)
        {
            Enter(now, RouterState.Initialize, TransitionReason.Shutdown, effects); // the leave goes on
        }
        else
        {
            OnShutdown(now, effects);
        }

        _interfaceReady = false;
    }

    /// <summary>
    /// An operator wants the role elsewhere. An Active leaves without a gap and keeps the role if nobody takes it. To be
    /// called before the first <see cref="OnInterfaceReady"/> too, with what an operator said to an earlier process.
    /// </summary>
    public void OnStandAside(Instant now, AsideCause cause, List<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        _returning = false;
        if (cause == AsideCause.None)
        {
            Aside = cause;
            return;
        }

        if (cause == AsideCause.Drain && State == RouterState.Backup)
            StopProbing(); // what was answered is old when it takes part again
        if (State == RouterState.Active)
            Resign(now, RouterState.Backup, cause == AsideCause.Drain ? TransitionReason.Drained : TransitionReason.SwitchedOver, effects);
        Aside = cause;
    }

    /// <summary>An operator wants the role back, whatever the preemption mode says. Only the fittest gets it.</summary>
    public void OnReturn()
    {
        Aside = AsideCause.None;
        _returning = State == RouterState.Backup;
    }

    /// <summary>Somebody else has announced every virtual address as its own.</summary>
    public void OnAddressesAnnounced(Instant now)
    {
        if (!IsLeaving || _announced)
            return;
        _announced = true;
        if (_successorSpoke)
            _leaveAt = Instant.Min(_leaveAt, now + LastPackets);
    }

    /// <summary>Ends a leave that is under way: the addresses go at once.</summary>
    public void OnLeaveCut(List<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        if (IsLeaving)
            Release(effects);
    }

    private void Resign(Instant now, RouterState state, TransitionReason reason, List<Effect> effects)
    {
        effects.Add(Effect.SendAdvertisement(0));
        effects.Add(Effect.StopAnnouncing);
        Enter(now, state, reason, effects);
        _v4?.Start(now, Config);
        _v6?.Start(now, Config);
        var succession = SuccessionWait(Config.AdvertisementInterval);
        BeginLeaving(now, now + succession);
    }

    /// <summary>How long a successor is waited for after a resignation.</summary>
    public static TimeSpan SuccessionWait(TimeSpan advertisementInterval)
    {
        var succession = SuccessionIntervals * advertisementInterval;
        return succession < ShortestSuccession ? ShortestSuccession : succession > LongestSuccession ? LongestSuccession : succession;
    }

    private void BeginLeaving(Instant now, Instant until)
    {
        StopLeaving();
        _leaveAt = until;
    }

    private void StopLeaving()
    {
        _leaveAt = Instant.Never;
        _successorSpoke = _announced = _mutedIPv4 = _mutedIPv6 = false;
    }

    // Its announcements follow. From here on ours, answers included, would only undo them.
    private void SuccessorSpoke(Instant now, IpFamily family, List<Effect> effects)
    {
        if (!_successorSpoke)
        {
            _successorSpoke = true;
            _leaveAt = now + (_announced ? LastPackets : LongestAnnouncing);
        }

        ref var muted = ref family == IpFamily.IPv4 ? ref _mutedIPv4 : ref _mutedIPv6;
        if (!muted)
            effects.Add(Effect.MuteAddresses(family));
        muted = true;
    }

    private void OnLeaveDeadline(Instant now, List<Effect> effects)
    {
        if (_successorSpoke || State != RouterState.Backup)
        {
            effects.Add(Effect.CloseConnections); // while the address still stands, so that the peers are told
            Release(effects);
            return;
        }

        // A host that could not run for a while has not listened either.
        if (now - _leaveAt > LongestActiveAdverInterval() / 2 && !_graceGranted)
        {
            _graceGranted = true;
            var grace = LongestActiveAdverInterval() * 5 / 4;
            _leaveAt = now + (grace < LongestSuccession ? grace : LongestSuccession);
            return;
        }

        BecomeActive(now, TransitionReason.NoSuccessor, effects);
    }

    private void Release(List<Effect> effects)
    {
        StopLeaving();
        effects.Add(Effect.ReleaseAddresses);
    }

    private void NewOwnerResigned()
    {
        if (Aside == AsideCause.Switchover && !IsLeaving)
            Aside = AsideCause.None;
    }

    // The owner preempts whatever Preempt_Mode says (RFC 9568 6.1), unless an operator has moved its role away.
    private PreemptConfig PreemptMode() =>
        Aside != AsideCause.None ? PreemptConfig.Never
        : _returning || Config.Priority == VirtualRouterConfig.OwnerPriority ? PreemptConfig.Always
        : Config.Preempt;

    /// <summary>When a Backup takes over; while it waits for a successor of its own it does not.</summary>
    private Instant TakeOverAt() =>
        Aside == AsideCause.Drain || (IsLeaving && !_successorSpoke) ? Instant.Never : ActiveDownAt();
}
