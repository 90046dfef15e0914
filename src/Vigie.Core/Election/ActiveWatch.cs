using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Core.Wire;

namespace Vigie.Core.Election;

/// <summary>
/// What one family of a virtual router knows of the Active: who it is, the interval it announces, and when it has been
/// silent for too long. It decides nothing.
/// </summary>
internal sealed class ActiveWatch(IpFamily family)
{
    // RFC 9568 6.4.2 learns any interval up to 40.95 s at once, so that one stray packet could silence a cluster for two
    // minutes. An interval far above our own is believed once the same sender has said it three times.
    private const int HearingsUntilKnown = 3;
    private const int UnknownIntervalFactor = 10;
    private static readonly TimeSpan UnknownIntervalFloor = TimeSpan.FromSeconds(1);

    private IpAddress _lastSource;
    private TimeSpan _lastInterval;
    private int _hearings;
    private Instant _timerSetAt;
    private Instant _notBefore;
    private Instant _activeHeardAt;
    private IpAddress _displaced;
    private Instant _displacedAt;
    private bool _learned;

    public IpFamily Family { get; } = family;

    /// <summary>Our own address of this family: the source of our advertisements and our side of a tie-break.</summary>
    public IpAddress Primary { get; set; }

    /// <summary>Active_Adver_Interval of RFC 9568 6.1.</summary>
    public TimeSpan ActiveAdverInterval { get; private set; }

    /// <summary>When Active_Down_Timer fires; without a meaning unless the router is Backup.</summary>
    public Instant ActiveDownAt { get; private set; } = Instant.Never;

    public IpAddress ActiveSource { get; private set; }

    public byte ActivePriority { get; private set; }

    /// <summary>When an advertisement of anybody for this virtual router was last heard; <see cref="Instant.Zero"/> for never.</summary>
    public Instant LastHeardAt { get; private set; }

    /// <summary>Whether the silence being waited for was announced by priority 0.</summary>
    public bool Resigned { get; private set; }

    /// <summary>The Active last heard had a lower priority than ours.</summary>
    public bool HeardLower { get; private set; }

    /// <summary>Waits like the least of all priorities from the next advertisement on, so that any other Backup goes first.</summary>
    public bool Hesitates { get; set; }

    public void Start(Instant now, VirtualRouterConfig config)
    {
        ActiveAdverInterval = config.AdvertisementInterval;
        _learned = false;
        ForgetActive();
        Resigned = false;
        HeardLower = false;
        SetTimer(now, config);
    }

    /// <summary>
    /// Other settings: the wait is reckoned anew from when it began, so that no number of reloads delays a takeover. What
    /// has been learned of a version 3 Active stays, or a shorter interval of ours would take the role from it.
    /// </summary>
    public void Reconfigure(VirtualRouterConfig config)
    {
        if (!_learned || config.Version == VrrpVersion.V2)
            ActiveAdverInterval = config.AdvertisementInterval;
        // One of lower priority was not waited for. If ours is not higher any more, its last word counts.
        if (HeardLower && !ActiveSource.IsNone && ActivePriority >= config.Priority)
        {
            HeardLower = false;
            _timerSetAt = Instant.Max(_timerSetAt, _activeHeardAt);
        }

        Arm(config);
    }

    public void ForgetActive()
    {
        ActiveSource = IpAddress.None;
        ActivePriority = 0;
    }

    /// <summary>Takes note of the sender, whatever the election makes of it.</summary>
    public void Note(Instant now, in HeardAdvertisement heard)
    {
        LastHeardAt = now;
        if (heard.Source == _lastSource && heard.Interval == _lastInterval)
        {
            if (_hearings < HearingsUntilKnown)
                _hearings++;
        }
        else
        {
            _lastSource = heard.Source;
            _lastInterval = heard.Interval;
            _hearings = 1;
        }
    }

    /// <summary>Follows this Active: learns its interval and waits for its next advertisements.</summary>
    public void Follow(Instant now, in HeardAdvertisement heard, VirtualRouterConfig config)
    {
        Observe(heard);
        ActiveAdverInterval = Learn(heard.Interval, config);
        _learned = true;
        Resigned = false;
        HeardLower = false;
        SetTimer(now, config);
    }

    /// <summary>What an earlier process of this host knew of the Active. Its interval was believed already; the wait begins now.</summary>
    public void TakeUp(Instant now, in HeardAdvertisement known, VirtualRouterConfig config)
    {
        Note(now, known);
        _hearings = HearingsUntilKnown;
        Follow(now, known, config);
    }

    /// <summary>Who the Active is, for the operator; nothing follows from it.</summary>
    public void Observe(in HeardAdvertisement heard)
    {
        if (heard.Priority == 0)
        {
            ForgetActive();
            return;
        }

        if (heard.Source != ActiveSource)
        {
            _displaced = ActiveSource;
            _displacedAt = LastHeardAt;
        }

        ActiveSource = heard.Source;
        ActivePriority = heard.Priority;
        _activeHeardAt = LastHeardAt;
    }

    /// <summary>
    /// Whoever was the Active until a better one spoke, a moment ago, is about to yield to it: by its last word (see
    /// VirtualRouter), or because it has not heard it yet. It must not pass for the Active, whose resignation we would then
    /// ignore.
    /// </summary>
    public bool IsAboutToYield(Instant now, in HeardAdvertisement heard) =>
        heard.Source == _displaced && ActiveSource != _displaced && !ActiveSource.IsNone
        && now - _activeHeardAt < ActiveAdverInterval && now - _displacedAt < 2 * ActiveAdverInterval
        && (heard.Priority < ActivePriority || (heard.Priority == ActivePriority && heard.Source < ActiveSource));

    /// <summary>Our Active goes on being it; only the wait begins anew, as RFC 9568 6.4.2 wants it after such a word.</summary>
    public void Wait(Instant now, VirtualRouterConfig config) => SetTimer(now, config);

    /// <summary>The Active of lower priority goes on for now; our timer keeps running (RFC 9568 6.4.2).</summary>
    public void Outrank(in HeardAdvertisement heard)
    {
        Observe(heard);
        HeardLower = true;
    }

    /// <summary>Priority 0: only Skew_Time remains (RFC 9568 6.4.2).</summary>
    public void ActiveLeaves(Instant now, VirtualRouterConfig config)
    {
        ForgetActive();
        Resigned = true;
        SetTimer(now, config);
    }

    /// <summary>Waits at least until then, whatever the timer says.</summary>
    public void Postpone(Instant until)
    {
        _notBefore = until;
        ActiveDownAt = Instant.Max(ActiveDownAt, until);
    }

    private void SetTimer(Instant now, VirtualRouterConfig config)
    {
        _timerSetAt = now;
        _notBefore = now;
        Arm(config);
    }

    private void Arm(VirtualRouterConfig config)
    {
        var priority = Hesitates ? VirtualRouterConfig.LeastPriority : config.Priority;
        var wait = Resigned
            ? ElectionTimers.SkewTime(config.Version, priority, ActiveAdverInterval)
            : ElectionTimers.ActiveDownInterval(config.Version, priority, ActiveAdverInterval);
        ActiveDownAt = Instant.Max(_timerSetAt + wait, _notBefore);
    }

    private TimeSpan Learn(TimeSpan announced, VirtualRouterConfig config)
    {
        if (config.Version == VrrpVersion.V2)
            return config.AdvertisementInterval; // equal by RFC 3768 7.1, or it would have been dropped
        if (_hearings >= HearingsUntilKnown)
            return announced;
        var limit = UnknownIntervalFactor * config.AdvertisementInterval;
        if (limit < UnknownIntervalFloor)
            limit = UnknownIntervalFloor;
        return announced < limit ? announced : limit;
    }
}
