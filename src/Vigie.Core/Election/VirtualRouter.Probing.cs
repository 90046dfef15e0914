using Vigie.Core.Net;

namespace Vigie.Core.Election;

// Conflicts at the start (docs/decisions/0009-address-guarding.md). While a router listens first it asks whether anybody
// holds its addresses. If somebody does, and no Active was heard until the moment at which it would become Active itself:
//
//   Backup, listening first ──────────────► Fault: AddressConflict ───── no answer any more ─────► Active
//                                             ▲  │      │ asks again and again
//                                             └──┘      └── an Active is heard ──► Backup
//
// A router that has heard an Active asks nothing: the addresses are then that one's, and a takeover must not wait.
public sealed partial class VirtualRouter
{
    /// <summary>How soon it is asked again at first: a peer that died lets go within seconds.</summary>
    private static readonly TimeSpan QuickRetry = TimeSpan.FromMilliseconds(500);

    /// <summary>The kernel sweeps at most once a second: so much longer than its lifetime a dead peer's address may stand.</summary>
    private static readonly TimeSpan LatestSweep = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestSpacing = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetrySpacing = TimeSpan.FromMilliseconds(100);
    private const int RetryRounds = 3;

    // RFC 9568 7.3: the virtual router's own hardware addresses, 00-00-5E-00-01-VRID and 00-00-5E-00-02-VRID.
    private const ulong VirtualMacIPv4 = 0x0000_5E00_0100;
    private const ulong VirtualMacIPv6 = 0x0000_5E00_0200;

    private readonly ConflictProbing _probing = new(LongestSpacing);
    private Instant _conflictSince = Instant.Never;

    /// <summary>Claims of the virtual addresses are wanted now (<see cref="OnAddressClaimed"/>): it is not yet known whose they are.</summary>
    public bool IsProbing => _probing.IsUnderWay;

    /// <summary>The role is left alone because another station holds one of the addresses.</summary>
    public bool IsInConflict => State == RouterState.Fault && Reason == TransitionReason.AddressConflict;

    /// <summary>The address that another station holds; without a meaning unless <see cref="IsInConflict"/>.</summary>
    public IpAddress ConflictAddress => _probing.Address;

    /// <summary>The station that holds it.</summary>
    public MacAddress ConflictMac => _probing.Mac;

    /// <summary>
    /// Another station says by ARP or neighbour discovery that a virtual address is its own. A mere question is no claim, and
    /// neither is what comes from the virtual router's own hardware address: that is a peer, whoever it is.
    /// </summary>
    public void OnAddressClaimed(Instant now, IpAddress address, MacAddress mac)
    {
        if (!_probing.IsUnderWay || mac == new MacAddress(VirtualMacIPv4 | Config.Vrid) || mac == new MacAddress(VirtualMacIPv6 | Config.Vrid))
            return;
        _probing.OnClaim(now, address, mac);
        if (IsInConflict && _probing.IsClaimed)
            AskAgainLater(now);
    }

    private void ListenFirst(Instant now)
    {
        StopProbing();
        // The owner's real addresses are its own; a drained host takes no role.
        if (!IsOwner && Aside != AsideCause.Drain)
            ProbeUntil(now, ActiveDownAt());
    }

    // Not in the first interval: a live Active is heard in it, and then nothing is asked. Every answer over IPv6 goes to all
    // neighbours, who believe it.
    private void ProbeUntil(Instant now, Instant verdictAt) => _probing.Begin(now + LongestActiveAdverInterval(), verdictAt);

    private void AskForOthers(Instant now, List<Effect> effects)
    {
        _probing.OnAsked(now);
        effects.Add(Effect.ProbeAddresses);
    }

    /// <summary>The role would be taken now. An Active that was heard later than its answer to a probe has ended the probing.</summary>
    private bool IsForbiddenByConflict(Instant now, List<Effect> effects)
    {
        if (!_probing.IsClaimed)
            return false;
        Enter(now, RouterState.Fault, TransitionReason.AddressConflict, effects);
        _conflictSince = now;
        AskAgainLater(now);
        return true;
    }

    private void AskAgainLater(Instant now)
    {
        // What a peer that died has left is gone by then.
        var stale = TimeSpan.FromSeconds(ElectionTimers.AddressLifetimeSeconds(Config.AdvertisementInterval)) + LatestSweep;
        var wait = now - _conflictSince >= stale ? NextHoldDown() : QuickRetry;
        // Everything is over before the next round: an answer that comes late is no answer to it.
        var spacing = ActiveDownInterval() / 4 < RetrySpacing ? ActiveDownInterval() / 4 : RetrySpacing;
        _retryAt = now + wait + RetryRounds * spacing;
        _probing.Begin(_retryAt - (RetryRounds + 1) * spacing, _retryAt);
    }

    /// <summary>No answer any more. Silence was listened to all the time: whoever was heard has ended the conflict.</summary>
    private void EndConflict(Instant now, List<Effect> effects)
    {
        if (Aside == AsideCause.Drain)
        {
            Begin(now, effects);
            return;
        }

        // A host that could not run for a while has neither asked nor listened in time.
        if (now - _retryAt > LongestActiveAdverInterval() / 2)
        {
            AskAgainLater(now);
            return;
        }

        _retryAt = Instant.Never;
        BecomeActive(now, TransitionReason.ActiveSilent, effects);
    }

    /// <summary>Somebody advertises after all: the addresses are its own, and it is followed or outranked as by any Backup.</summary>
    private void HearInConflict(Instant now, ActiveWatch watch, in HeardAdvertisement heard, List<Effect> effects)
    {
        _retryAt = Instant.Never;
        Enter(now, RouterState.Backup, TransitionReason.Startup, effects);
        _v4?.Start(now, Config);
        _v6?.Start(now, Config);
        HearAsBackup(now, watch, heard);
    }

    private void StopProbing()
    {
        _probing.Stop();
        _conflictSince = Instant.Never;
    }

    private TimeSpan ActiveDownInterval() =>
        ElectionTimers.ActiveDownInterval(Config.Version, Config.Priority, LongestActiveAdverInterval());
}
