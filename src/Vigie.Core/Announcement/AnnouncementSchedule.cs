namespace Vigie.Core.Announcement;

// When the addresses of one virtual router are announced, and which one is next.
//
//   Start   +1.1 s   +5 s          +30 s    +30 s ...
//   |||||   |||||    |||||         |        |            each | is a round: every address once
//
// Kernels before 4.11 ignore a second gratuitous ARP within a second, hence the second burst; switches and hosts age what
// they have learned, hence the refresh. A round ends before the next begins: with many addresses every one gets its first
// frame before any gets its second.

/// <summary>A pure schedule: it says which address to announce next and when, and knows nothing of frames.</summary>
public sealed class AnnouncementSchedule
{
    public const int RoundsPerBurst = 5;

    /// <summary>Between two rounds of a burst: enough for a switch's queue, too little to be felt.</summary>
    public static readonly TimeSpan RoundSpacing = TimeSpan.FromMilliseconds(10);

    public static readonly TimeSpan SecondBurstAfter = TimeSpan.FromMilliseconds(1100);

    public static readonly TimeSpan ThirdBurstAfter = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(30);

    /// <summary>A restart asked for sooner than this after the last one is left to the running schedule.</summary>
    public static readonly TimeSpan ShortestRestart = TimeSpan.FromMilliseconds(200);

    private const int Bursts = 3;

    private int _addresses;
    private int _next;
    private int _round;
    private int _burst;
    private Instant _startedAt;
    private Instant _dueAt = Instant.Never;

    /// <summary>When <see cref="TryNext"/> has something to give.</summary>
    public Instant DueAt => _dueAt;

    public bool IsRunning => _dueAt != Instant.Never;

    /// <summary>
    /// The round that comes next is the first of a later burst, or a refresh: time to ask whether anybody else holds the
    /// addresses. Not in the first burst, when the last owner may still be letting go.
    /// </summary>
    public bool NextRoundVerifies => _burst >= 1 && _round == 0;

    /// <summary>
    /// The round that comes next is the last of the first burst: whoever served an address until a reload gave it to us has
    /// heard by now that it is ours, and does not answer for it any more.
    /// </summary>
    public bool NextRoundEndsFirstBurst => _burst == 0 && _round == RoundsPerBurst - 1;

    /// <summary>Begins with the first burst. While one has just begun, it goes on instead: a storm of claims must not become ours.</summary>
    public void Start(Instant now, int addresses)
    {
        if (IsRunning && addresses == _addresses && now - _startedAt < ShortestRestart)
            return;
        _addresses = addresses;
        _startedAt = now;
        _burst = 0;
        _round = 0;
        _next = 0;
        _dueAt = addresses > 0 ? now : Instant.Never;
    }

    public void Stop() => _dueAt = Instant.Never;

    /// <summary>The index of the address to announce now, or false when nothing is due.</summary>
    public bool TryNext(Instant now, out int address)
    {
        address = _next;
        if (now < _dueAt)
            return false;
        _next++;
        if (_next == _addresses)
            EndRound(now);
        return true;
    }

    private void EndRound(Instant now)
    {
        _next = 0;
        if (_burst >= Bursts)
        {
            _dueAt = now + RefreshInterval;
            return;
        }

        _round++;
        if (_round < RoundsPerBurst)
        {
            _dueAt = now + RoundSpacing;
            return;
        }

        _round = 0;
        _burst++;
        _dueAt = Instant.Max(now + RoundSpacing, _burst switch
        {
            1 => _startedAt + SecondBurstAfter,
            2 => _startedAt + ThirdBurstAfter,
            _ => now + RefreshInterval,
        });
    }
}
