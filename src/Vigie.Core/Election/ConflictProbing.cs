using Vigie.Core.Net;

namespace Vigie.Core.Election;

// Asking before the role is taken (RFC 5227 2.1.1, RFC 4862 5.4), in three rounds that end just before the verdict:
//
//   Begin ............ ask ── ask ── ask ── verdict
//                       an answer to one of the last two rounds counts
//
// Not an answer to the first round alone: whoever has let go since then holds nothing any more. Not to the last round
// alone: one answer may be lost.

/// <summary>Rounds of questions whether anybody else holds the virtual addresses, and who said so. It decides nothing.</summary>
internal sealed class ConflictProbing
{
    private const int Rounds = 3;

    private readonly TimeSpan _longestSpacing;
    private TimeSpan _spacing;
    private int _asked;
    private Instant _askedAt;
    private Instant _askedBefore;
    private Instant _claimedAt = Instant.Never;

    /// <param name="longestSpacing">Between two rounds, and between the last one and the verdict, however long the time is.</param>
    public ConflictProbing(TimeSpan longestSpacing) => _longestSpacing = longestSpacing;

    /// <summary>When the next round is to be asked; <see cref="Instant.Never"/> when no more is.</summary>
    public Instant DueAt { get; private set; } = Instant.Never;

    /// <summary>Rounds are under way or have been asked, and the verdict is awaited.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>Which address was claimed last.</summary>
    public IpAddress Address { get; private set; }

    /// <summary>By whom.</summary>
    public MacAddress Mac { get; private set; }

    /// <summary>Somebody has claimed an address since the last round but one was asked.</summary>
    public bool IsClaimed => _claimedAt != Instant.Never && _asked > 0 && _claimedAt >= (_asked > 1 ? _askedBefore : _askedAt);

    /// <summary>Rounds from some time after <paramref name="from"/> on, so that the verdict can be given at <paramref name="verdictAt"/>.</summary>
    public void Begin(Instant from, Instant verdictAt)
    {
        Stop();
        if (verdictAt <= from)
            return;
        var share = (verdictAt - from) / (Rounds + 1);
        _spacing = share < _longestSpacing ? share : _longestSpacing;
        IsUnderWay = true;
        DueAt = verdictAt - Rounds * _spacing;
    }

    /// <summary>Nothing is asked any more, and what was claimed is forgotten.</summary>
    public void Stop()
    {
        IsUnderWay = false;
        DueAt = Instant.Never;
        _claimedAt = Instant.Never;
        _asked = 0;
    }

    /// <summary>A round is being asked now.</summary>
    public void OnAsked(Instant now)
    {
        _askedBefore = _askedAt;
        _askedAt = now;
        _asked++;
        DueAt = _asked < Rounds ? now + _spacing : Instant.Never;
    }

    /// <summary>Another station has said that an address is its own.</summary>
    public void OnClaim(Instant now, IpAddress address, MacAddress mac)
    {
        _claimedAt = now;
        Address = address;
        Mac = mac;
    }
}
