using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Node.Guarding;

namespace Vigie.Simulation.Worlds.Guarded;

// A fault that the guardian must cover (the node dies or hangs while the guardian runs, or the guardian is stopped beside a
// healthy node) excuses nothing. Every other one excuses a change of roles, for as long as one may take.

/// <summary>Looks on and throws <see cref="ViolationException"/> when something is that must not be.</summary>
internal sealed class GuardedWatch
{
    private readonly GuardedWorld _world;
    private readonly Instant[] _lastSent;
    private readonly Instant[] _staleSince;
    private readonly TimeSpan _lifetime;
    private Instant _excusedAt;
    private Instant _nobodySince = Instant.Never;
    private Instant _hungAt;
    private Instant _twoSince = Instant.Never;

    public GuardedWatch(GuardedWorld world)
    {
        _world = world;
        _lastSent = new Instant[world.Hosts.Count];
        _staleSince = new Instant[world.Hosts.Count];
        Array.Fill(_lastSent, Instant.Never);
        Array.Fill(_staleSince, Instant.Never);
        // Four intervals and what whole seconds add: said here once more, so that a mistake does not excuse itself.
        _lifetime = 4 * world.Interval + TimeSpan.FromSeconds(2.25);
        // A role may be covered for 5 s, a node waits up to 5 s for its start, a takeover and a preemption follow.
        SettleTime = TimeSpan.FromSeconds(12) + 12 * world.Interval;
    }

    /// <summary>So long after an excuse nothing may move any more.</summary>
    public TimeSpan SettleTime { get; }

    private bool Settled => _world.Now - _excusedAt > SettleTime;

    private TimeSpan Net => GuardedWorld.Latency + TimeSpan.FromMilliseconds(1) + _world.Interval / 500;

    private static TimeSpan Kernel => 8 * GuardedHost.KernelDelay + TimeSpan.FromMilliseconds(1);

    /// <summary>Something happened that may rightly move roles.</summary>
    public void Excuse()
    {
        Observe();
        _excusedAt = _world.Now;
    }

    /// <summary>A host that was kept from preempting may do so then.</summary>
    public void OnHeld(TimeSpan hold) => _world.After(hold - TimeSpan.FromMilliseconds(1), Excuse);

    /// <summary>What a dead host leaves must not outlast the takeover for long.</summary>
    public void OnLifetime(GuardedHost host, uint seconds)
    {
        if (TimeSpan.FromSeconds(seconds) > _lifetime)
            throw new ViolationException($"{host} holds its addresses for {seconds} s after its death");
    }

    /// <summary>By whichever process: peers must not see that one of them is gone.</summary>
    public void OnSent(GuardedHost host, byte priority)
    {
        ref var last = ref _lastSent[host.Number];
        if (priority == 0)
        {
            last = Instant.Never;
            return;
        }

        // A guardian looks at the board ten times a second: a role that is younger is not covered yet.
        if (last != Instant.Never && _excusedAt + 2 * _world.Interval + TimeSpan.FromMilliseconds(200) < last && _world.Now - last > 1.5 * _world.Interval + TimeSpan.FromMilliseconds(5))
            throw new ViolationException($"{host} was silent from {last}, for {(_world.Now - last).TotalMilliseconds} ms");
        last = _world.Now;
    }

    public void OnState(GuardedHost host, RouterState before, TransitionReason reason)
    {
        if (host.State != RouterState.Active)
            _lastSent[host.Number] = Instant.Never;
        if (Settled && (host.State == RouterState.Active || before == RouterState.Active))
            throw new ViolationException($"{host} became {host.State} ({reason}) though nothing had happened since {_excusedAt} that was not to be covered");
    }

    public void OnGuardian(GuardedHost host, GuardianEventKind kind)
    {
        var givesUp = kind is GuardianEventKind.LastWill or GuardianEventKind.TooLate or GuardianEventKind.Yielded or GuardianEventKind.LinkLost;
        if (givesUp)
            _lastSent[host.Number] = Instant.Never;
        if (Settled && (givesUp || (kind == GuardianEventKind.NodeHung && !host.NodePaused)))
            throw new ViolationException($"the guardian of {host} says {kind} though nothing had happened since {_excusedAt}");
    }

    /// <summary>Judges what has been so since the last time, then takes note of what is now.</summary>
    public void Observe()
    {
        var answering = 0;
        var atWork = 0;
        var fit = 0;
        foreach (var host in _world.Hosts)
        {
            answering += host.Answers ? 1 : 0;
            atWork += host.Answers && !host.Leaving && (host.NodeRuns || host.GuardianKnows) ? 1 : 0;
            fit += IsFit(host) ? 1 : 0;
            var stale = host is { Powered: true, Frozen: false, Holds: true, NodeRuns: false, GuardianRuns: false };
            Lasts(ref _staleSince[host.Number], stale, _lifetime + TimeSpan.FromMilliseconds(500), Instant.Zero,
                $"{host} holds a virtual address with nothing of ours alive");
        }

        Lasts(ref _nobodySince, answering == 0 && fit > 0, 4.5 * _world.Interval + Net + Kernel, _excusedAt,
            "nobody answers for the virtual addresses though a fit host is there");
        // For a node that hangs its guardian speaks half an interval later and grants it one to yield by itself.
        if (_world.Hosts.Any(h => h.GuardianRuns && !h.NodeRuns))
            _hungAt = _world.Now;
        var longest = _world.Now - _hungAt < 2.5 * _world.Interval ? 2.5 * _world.Interval : _world.Interval;
        Lasts(ref _twoSince, atWork > 1, longest + 2 * Net + Kernel, _excusedAt, "two hosts answer for the virtual addresses");
    }

    public void AtTheEnd()
    {
        var fit = _world.Hosts.Count(IsFit);
        var actives = _world.Hosts.Count(h => h.State == RouterState.Active);
        if (fit > 0 && actives != 1)
            throw new ViolationException($"at the end there are {actives} Actives among {fit} fit hosts");
    }

    private static bool IsFit(GuardedHost host) =>
        host is { Powered: true, NodeRuns: true, LinkUp: true, Leaving: false } && host.State is RouterState.Active or RouterState.Backup
        && host.NodeRuns;

    private void Lasts(ref Instant since, bool holds, TimeSpan bound, Instant excusedAt, string what)
    {
        if (since != Instant.Never && _world.Now - Instant.Max(since, excusedAt) > bound)
            throw new ViolationException($"{what} since {Instant.Max(since, excusedAt)}, longer than {bound.TotalMilliseconds} ms");
        if (!holds)
            since = Instant.Never;
        else if (since == Instant.Never)
            since = _world.Now;
    }
}
