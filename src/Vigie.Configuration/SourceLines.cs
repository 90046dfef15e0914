namespace Vigie.Configuration;

/// <summary>The lines of a file as the YAML parser counts them.</summary>
internal static class SourceLines
{
    /// <summary>Breaks where YAML breaks lines: at LF, CR LF and a lone CR, and at the Unicode line breaks that YAML 1.1 knew.</summary>
    public static List<string> Split(string text)
    {
        var lines = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('\n' or '\r' or '\u0085' or '\u2028' or '\u2029'))
                continue;
            lines.Add(text[start..i]);
            if (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n')
                i++;
            start = i + 1;
        }

        lines.Add(text[start..]);
        return lines;
    }
}
