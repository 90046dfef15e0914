namespace Vigie.Core.Election;

/// <summary>
/// How long a router that keeps losing the role through its own host's fault leaves it to a live Active of lower priority.
/// It delays preemption alone: a role that nobody holds is taken as quickly as ever.
/// </summary>
public sealed class FlapDamping
{
    /// <summary>Losses that have no consequence: a cable may be moved twice.</summary>
    public const int Forgiven = 2;

    /// <summary>The wait after the first loss too many, and after a refusal; doubled by each further one.</summary>
    public static readonly TimeSpan FirstHold = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(10);

    /// <summary>After this long without a loss everything is forgotten.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(30);

    private int _losses;
    private Instant _lastLossAt;

    /// <summary>Until when a lower Active is left alone; <see cref="Instant.Zero"/> for not at all.</summary>
    public Instant HeldUntil { get; private set; } = Instant.Zero;

    /// <summary>The role was lost because of something on this host: its link, its address, a pause.</summary>
    public void OnRoleLost(Instant now) => Count(now, atLeast: 1);

    /// <summary>The kernel refused an address: taking the role only took it from somebody who could serve.</summary>
    public void OnRefused(Instant now) => Count(now, atLeast: Forgiven + 1);

    /// <summary>Everything that is known, and is to be known again by <see cref="Remember"/>.</summary>
    public FlapRecord Record => new(_losses, _lastLossAt, HeldUntil);

    /// <summary>What an earlier process of this host knew.</summary>
    public void Remember(FlapRecord record)
    {
        _losses = record.Losses;
        _lastLossAt = record.LastLossAt;
        HeldUntil = record.HeldUntil;
    }

    /// <summary>The role was left because this host could not keep time; it would not be any better a moment later.</summary>
    public void OnTimeLost(Instant now) => Count(now, atLeast: Forgiven + 1);

    /// <summary>An operator has changed the settings, and with them perhaps the cause.</summary>
    public void Reset()
    {
        _losses = 0;
        HeldUntil = Instant.Zero;
    }

    private void Count(Instant now, int atLeast)
    {
        if (_losses > 0 && now - _lastLossAt >= Memory)
            _losses = 0;
        _lastLossAt = now;
        _losses = Math.Max(_losses + 1, atLeast);
        if (_losses <= Forgiven)
            return;
        var hold = FirstHold;
        for (var i = Forgiven + 1; i < _losses && hold < LongestHold; i++)
            hold *= 2;
        HeldUntil = now + (hold < LongestHold ? hold : LongestHold);
    }
}
