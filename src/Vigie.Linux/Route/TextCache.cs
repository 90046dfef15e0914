using System.Text;

namespace Vigie.Linux;

/// <summary>
/// Gives the same string for the same bytes, so that events about known interfaces allocate nothing. Not thread-safe.
/// </summary>
internal sealed class TextCache
{
    /// <summary>Texts kept; beyond, the oldest makes room.</summary>
    internal const int Capacity = 256;

    // The longest interface name or link kind is 15 characters; a name made for somebody's test is not kept.
    private const int MaxKeptLength = 32;

    private readonly string[] _texts = new string[Capacity];
    private int _count;

    /// <summary>The text of zero-terminated bytes.</summary>
    internal string Get(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        if (end >= 0)
            bytes = bytes[..end];
        if (bytes.Length > MaxKeptLength)
            return Encoding.UTF8.GetString(bytes);
        Span<char> text = stackalloc char[MaxKeptLength];
        text = text[..Encoding.UTF8.GetChars(bytes, text)];
        foreach (var known in _texts.AsSpan(0, Math.Min(_count, Capacity)))
        {
            if (text.SequenceEqual(known))
                return known;
        }

        return _texts[_count++ % Capacity] = text.ToString();
    }
}
