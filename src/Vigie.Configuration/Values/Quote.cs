using System.Text;

namespace Vigie.Configuration.Values;

/// <summary>Shows a piece of the file within a message: quoted, cut when long, with nothing that a terminal would obey.</summary>
internal static class Quote
{
    private const int Longest = 40;

    public static string Show(string text) => $"'{Plain(text)}'";

    /// <summary>The same without quotes, for text that is to be written.</summary>
    public static string Plain(string text)
    {
        var shown = new StringBuilder();
        foreach (var character in text.Length > Longest ? text.AsSpan(0, Longest) : text)
            shown.Append(char.IsControl(character) ? ' ' : character);
        return shown.Append(text.Length > Longest ? "..." : "").ToString();
    }
}
