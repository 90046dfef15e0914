namespace Vigie.Core.Peers;

// In the manner of RFC 6479: a ring of words with more room than the window, so that moving on clears whole words.

/// <summary>Which numbers of a session have been here: packets may come late by up to 1,023 numbers, and each once.</summary>
public sealed class ReplayWindow
{
    /// <summary>How many numbers are remembered, the highest included.</summary>
    public const int Size = 1024;

    private const int BitsPerWord = 64;
    private const int Words = 2 * Size / BitsPerWord;

    private readonly ulong[] _seen = new ulong[Words];

    /// <summary>The highest that was accepted; 0: none yet.</summary>
    public ulong Highest { get; private set; }

    /// <summary>Whether a number may be accepted; changes nothing, because who sent it is not known yet.</summary>
    public ChannelError Check(ulong number)
    {
        if (number > Highest)
            return ChannelError.None;
        if (Highest - number >= Size)
            return ChannelError.Stale;
        return (_seen[WordOf(number)] & BitOf(number)) == 0 ? ChannelError.None : ChannelError.Replayed;
    }

    /// <summary>Remembers a number that <see cref="Check"/> has let pass.</summary>
    public void Accept(ulong number)
    {
        if (number > Highest)
        {
            var steps = number / BitsPerWord - Highest / BitsPerWord;
            for (ulong step = 1; step <= steps && step <= Words; step++)
                _seen[(int)((Highest / BitsPerWord + step) % Words)] = 0;
            Highest = number;
        }

        _seen[WordOf(number)] |= BitOf(number);
    }

    private static int WordOf(ulong number) => (int)(number / BitsPerWord % Words);

    private static ulong BitOf(ulong number) => 1UL << (int)(number % BitsPerWord);
}
