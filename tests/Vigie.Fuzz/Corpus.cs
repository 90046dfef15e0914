namespace Vigie.Fuzz;

/// <summary>
/// The committed inputs, a directory per target under Corpus/: hex text with `#` comment lines that say what each is.
/// An input that once broke a decoder is added here and stays.
/// </summary>
internal static class Corpus
{
    public static IEnumerable<(string Name, byte[] Bytes)> Of(string target)
    {
        var assembly = typeof(Corpus).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (!resource.StartsWith(target + "/", StringComparison.Ordinal))
                continue;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return (resource, Parse(reader.ReadToEnd()));
        }
    }

    private static byte[] Parse(string text) => Convert.FromHexString(string.Concat(
        text.Split('\n').Where(line => !line.StartsWith('#')).SelectMany(line => line).Where(c => !char.IsWhiteSpace(c))));
}
