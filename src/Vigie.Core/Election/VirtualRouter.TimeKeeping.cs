namespace Vigie.Core.Election;

// A host that cannot keep time leaves the role to one that can (docs/decisions/0011-time-that-cannot-be-kept.md):
//
//   Active, late in 15 of the last 20 spans ──► leaves without a gap ──► Backup that does not preempt, for 30 s at least and
//        ▲                                            │ nobody comes      until it keeps time again
//        └────────────────────────────────────────────┘ keeps the role, and does not ask again while it is late
public sealed partial class VirtualRouter
{
    private readonly TimeKeeping _time = new();
    private bool _lastResort;

    /// <summary>This host is late so often that it leaves the role to others, if there are any.</summary>
    public bool IsTimeLost => _time.IsLost;

    /// <summary>For a successor of this process.</summary>
    public TimeRecord Times => _time.Record(_lastResort);

    /// <summary>To be called whenever this host runs, at least every 1.25 intervals while it is Backup.</summary>
    public void OnAwake(Instant now)
    {
        _time.Look(now, Config.AdvertisementInterval);
        if (!_time.IsLost)
            _lastResort = false;
        // Whoever is in time takes the role first; then whoever can.
        _v4?.Hesitates = _time.IsLost;
        _v6?.Hesitates = _time.IsLost;
    }

    /// <summary>An Active that is late now, and has been for long.</summary>
    private bool LeavesForLateness(Instant now, List<Effect> effects)
    {
        var late = now - _advertiseAt;
        if (late <= TimeKeeping.Tolerance(Config.AdvertisementInterval))
            return false;
        _time.OnLate(now, late, Config.AdvertisementInterval);
        // An address owner has nobody to leave its own address to; a drained one leaves as soon as anybody comes.
        if (!_time.IsLost || _lastResort || IsOwner || Aside == AsideCause.Drain || now < _damping.HeldUntil)
            return false;
        _damping.OnTimeLost(now);
        Resign(now, RouterState.Backup, TransitionReason.CannotKeepTime, effects);
        return true;
    }
}
