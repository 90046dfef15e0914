using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Node.Guarding;

namespace Vigie.Simulation.Worlds.Guarded;

// What must never happen, checked at the moment it would.
internal sealed partial class GuardedWatch
{
    private bool _reads;

    /// <summary>What a dead host leaves must not outlast the takeover for long.</summary>
    public void OnLifetime(GuardedHost host, uint seconds)
    {
        if (TimeSpan.FromSeconds(seconds) > _lifetime)
            throw new ViolationException($"{host} holds its addresses for {seconds} s after its death");
    }

    /// <summary>Whoever is spoken for, by whichever process, is renewed by it, too.</summary>
    public void OnExpired(GuardedHost host, IpPrefix prefix)
    {
        var last = _views[host.Number].LastSent;
        if (last != Instant.Never && _excusedAt + _lifetime + 2 * Interval < last && Now - last <= _longestSilence)
            throw new ViolationException($"{host} spoke for {prefix} at {last} and let it expire");
    }

    public void OnRemoved(GuardedHost host) => _views[host.Number].RemovedAt = Now;

    public void OnNodeGone(GuardedHost host)
    {
        var view = _views[host.Number];
        view.HeardIPv4 = view.HeardIPv6 = default;
        BlindIfUnheard();
        view.ListensFirst = false;
        if (host.Guardian is not null)
            return;
        if (Now < view.HeldUntil)
            ExcuseArrival(); // a new process has forgotten why the last one did not preempt
        view.HeldUntil = Instant.Zero;
    }

    /// <summary>A host that was Active before its clock stood still goes on, and cannot know that another one was so meanwhile.</summary>
    public void OnClockStalled(GuardedHost host)
    {
        _blindUntil = Now + LongestRefresh;
        // One that was leaving goes on with that, and cannot know that its successor has come, and perhaps gone, meanwhile.
        if (host.State != RouterState.Active && host.Kernel.HoldsAny)
            _views[host.Number].LeavesUntil = Now + LeaveBound(_views[host.Number]);
    }

    public void OnTakenUp(GuardedHost host) => _views[host.Number].ResignedAt = Instant.Never;

    /// <summary>A message is about to be given to a node. Its fixed parts alone are looked at: the node reads the rest.</summary>
    public void BeforeMessage(GuardedHost host, IpAddress source, ReadOnlySpan<byte> message)
    {
        _reads = true;
        var view = _views[host.Number];
        var priority = message[2];
        if (_world.Tracing)
            _world.Note($"{host}: hears {source} priority {priority}");
        if (priority > 0)
        {
            view.ListensFirst = false;
            view.ResignedAt = Instant.Never;
        }

        var last = source.Family == IpFamily.IPv4 ? view.HeardIPv4 : view.HeardIPv6;
        if (last.Priority > 0 && last.Source != source)
        {
            // A resignation that another one's word has overtaken says nothing of that other one, nor does the last word of one
            // who yields to it.
            if (priority == 0)
                return;
            if (Now - last.At < Interval && (priority < last.Priority || (priority == last.Priority && source < last.Source)))
                return;
        }

        var heard = new Heard(Now, source, priority);
        if (source.Family == IpFamily.IPv4)
            view.HeardIPv4 = heard;
        else
            view.HeardIPv6 = heard;
    }

    public void AfterMessage() => _reads = false;

    /// <summary>By whichever process: peers must not see that one of them is gone.</summary>
    public void OnSent(GuardedHost host, IpAddress source, byte priority)
    {
        var view = _views[host.Number];
        if (priority == 0)
        {
            view.LastSent = Instant.Never;
            view.ResignedAt = Now;
            return;
        }

        CheckSilence(host, view);
        view.LastSent = Now;
        view.ResignedAt = Instant.Never;
    }

    /// <summary>Teaching neighbours an address that is not there sends their packets into a void.</summary>
    public void OnAnnounced(GuardedHost host, ReadOnlySpan<byte> frame)
    {
        var address = Checkers.AnnouncedAddress(frame);
        if (_world.Tracing)
            _world.Note($"{host}: announces {address}");
        // Whoever has heard of an Active does not ask, least of all at a takeover.
        if (_views[host.Number].ListensFirst && ProbeAnswer.Asked(frame.ToArray()) is not null)
            return;
        if (host.State != RouterState.Active)
            throw new ViolationException($"{host} announces {address} without being Active");
        // The kernel's word that it was removed may still be under way.
        var removedAt = _views[host.Number].RemovedAt;
        if (!host.Kernel.Serves(address) && (removedAt == Instant.Never || Now - removedAt > Kernel))
            throw new ViolationException($"{host} announces {address}, which it does not hold");
    }

    /// <summary>Make before break: who resigns in order serves until a successor speaks, or until it is sure that there is none.</summary>
    public void BeforeRelease(GuardedHost host, IpPrefix prefix)
    {
        var view = _views[host.Number];
        if (view.ResignedAt == Instant.Never || !host.NodeRuns || host.State == RouterState.Fault || view.ResignedAt < _brokenAt
            || Now - view.ResignedAt >= 0.99 * Checkers.Succession(Interval))
            return;
        if (!host.Config.Addresses.Contains(prefix))
            return; // a reload took it from the virtual router before
        throw new ViolationException($"{host} resigned at {view.ResignedAt} and removed an address before a successor spoke");
    }

    public void OnState(GuardedHost host, RouterState before, TransitionReason reason)
    {
        var view = _views[host.Number];
        var wasRecent = Now - view.PromotedAt < LongestUndoing;
        if (before == RouterState.Active && host.State != before)
        {
            view.Resigned = view.LastSent == Instant.Never;
            BlindIfUnheard(); // its last word may have been lost
        }

        if (host.State != RouterState.Active)
            view.LastSent = Instant.Never;
        if (host.State == before)
            return;
        if (host.State == RouterState.Backup && reason == TransitionReason.Startup && !_reads)
            view.ListensFirst = true;
        else if (reason != TransitionReason.AddressConflict)
            view.ListensFirst = false;
        if (Settled && (host.State == RouterState.Active || before == RouterState.Active))
            throw new ViolationException($"{host} became {host.State} ({reason}) though nothing had happened since {_excusedAt} that was not to be covered");
        if (before == RouterState.Fault)
            ExcuseArrival();
        if (host.State == RouterState.Active)
        {
            CheckPromotion(host, view, reason);
            view.HeardIPv4 = view.HeardIPv6 = default;
            view.PromotedAt = Now;
        }
        else if (before == RouterState.Active && reason is TransitionReason.HigherPriority or TransitionReason.TieLost)
        {
            if (!_reads)
                throw new ViolationException($"{host} yielded ({reason}) though it heard nothing");
            if (wasRecent)
                CheckNotUndone(host, view);
        }
    }

    public void OnGuardian(GuardedHost host, GuardianEventKind kind)
    {
        if (kind == GuardianEventKind.RecordUnreadable)
            throw new ViolationException($"the guardian of {host} cannot read what its node wrote");
        var givesUp = kind is GuardianEventKind.LastWill or GuardianEventKind.TooLate or GuardianEventKind.Yielded
            or GuardianEventKind.LinkLost or GuardianEventKind.AddressRefused;
        if (givesUp)
            _views[host.Number].LastSent = Instant.Never;
        // It cannot leave as slowly as a node: whoever may preempt, and comes just while it covers, makes a gap.
        if (kind == GuardianEventKind.Yielded && Now - _arrivalAt < SettleTime)
            _brokenAt = Now;
        if (Settled && (givesUp || (kind == GuardianEventKind.NodeHung && !host.NodePaused)))
            throw new ViolationException($"the guardian of {host} says {kind} though nothing had happened since {_excusedAt}");
        if (givesUp)
            Excuse(); // somebody else takes the role, and the host comes back when its back-off is over
    }

    /// <summary>An Active is about to leave, or to be taken away, in a settled world: says by when its role must have been taken.</summary>
    /// <param name="leaving">Who.</param>
    /// <param name="resigns">It says so.</param>
    public void ExpectSuccessor(GuardedHost leaving, bool resigns)
    {
        if (!Settled || !leaving.NodeRuns || leaving.State != RouterState.Active)
            return;
        byte best = 0;
        foreach (var host in _world.Hosts)
            if (host != leaving && IsFit(host) && host.Config.Priority > best)
                best = host.Config.Priority;
        if (best == 0)
            return;
        // RFC 9568 6.1 once more: a mistake of ours must not excuse itself.
        var wait = (resigns ? TimeSpan.Zero : 3 * Interval) + (256 - best) * Interval / 256;
        var left = Now;
        _world.After(wait + wait / 500 + 2 * Net, () =>
        {
            if (_faultAt > left || _unhealthy > 0)
                return;
            foreach (var host in _world.Hosts)
                if (host != leaving && host.State == RouterState.Active)
                    return;
            throw new ViolationException($"{leaving} {(resigns ? "resigned" : "was gone")} at {left} and nobody has taken over by {Now}");
        });
    }

    // An owner that goes while it cannot be heard leaves nobody who knew of it: no protocol tells the neighbours.
    private void BlindIfUnheard()
    {
        if (_unhealthy > 0 || Now - _unhealthyAt < 2 * Interval)
            _blindUntil = Now + LongestRefresh;
    }

    private TimeSpan LongestUndoing => 5 * Interval > TimeSpan.FromMilliseconds(500) ? 5 * Interval : TimeSpan.FromMilliseconds(500);

    private void CheckSilence(GuardedHost host, HostView view)
    {
        var last = view.LastSent;
        if (last != Instant.Never && _excusedAt + _youngRole < last && Now - last > _longestSilence)
            throw new ViolationException($"{host} was silent from {last}, for {(Now - last).TotalMilliseconds} ms");
    }

    /// <summary>RFC 9568 6.4.2: nobody takes over while the Active is heard, unless preemption allows it.</summary>
    private void CheckPromotion(GuardedHost host, HostView view, TransitionReason reason)
    {
        if (host.Drained && reason != TransitionReason.NoSuccessor)
            throw new ViolationException($"{host} is drained and became Active ({reason})");
        // Whoever was in a bad network, or in doubt about an operator's wish, a moment ago knows what we do not.
        if (_unhealthy > 0 || Now - _unhealthyAt < 8 * Interval)
            return;
        CheckHeard(host, view.HeardIPv4, reason);
        CheckHeard(host, view.HeardIPv6, reason);
    }

    private void CheckHeard(GuardedHost host, Heard heard, TransitionReason reason)
    {
        if (heard.Priority == 0 || Now - heard.At >= 3 * Interval - 3 * Interval / 500 - Millisecond / 10)
            return;
        if (heard.Priority < host.Config.Priority && host.MayPreempt)
            return;
        throw new ViolationException($"{host} took over ({reason}) though {heard.Source} with priority {heard.Priority} was heard at {heard.At}");
    }

    /// <summary>A takeover that is taken back at once should not have been: somebody better was there all the time.</summary>
    private void CheckNotUndone(GuardedHost host, HostView view)
    {
        var from = view.PromotedAt - 6 * Interval - TimeSpan.FromMilliseconds(400);
        if (_unhealthy > 0 || _unhealthyAt >= from || _arrivalAt >= from || _faultBeforeAt >= from)
            return;
        foreach (var other in _world.Hosts)
            if (other != host && (other.Config.Priority - host.Config.Priority) * Interval.Duration() / 256 is var apart
                && apart.Duration() <= 2 * Net + Interval / 100)
                return; // both may fire within the time that an advertisement takes from one to the other
        throw new ViolationException($"{host} took over at {view.PromotedAt} and yielded at once");
    }
}
