namespace Vigie.Core.Peers;

/// <summary>So many of a thing within a second; a new second begins with the first that comes after the one before.</summary>
internal struct ChannelBudget
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private Instant _since;
    private int _taken;

    /// <summary>Whether one more would be within the budget.</summary>
    public readonly bool Has(Instant now, int most) => now - _since >= s_second || _taken < most;

    public void Take(Instant now)
    {
        if (now - _since >= s_second)
            (_since, _taken) = (now, 0);
        _taken++;
    }
}
