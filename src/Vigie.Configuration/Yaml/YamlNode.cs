namespace Vigie.Configuration.Yaml;

/// <summary>
/// The small part of YAML that a configuration needs, as a tree that knows where everything stands: no anchors, tags,
/// or keys that are not words. A closed family.
/// </summary>
internal abstract class YamlNode(TextSpan span)
{
    /// <summary>Where it stands, for carets.</summary>
    public TextSpan Span { get; protected set; } = span;
}

/// <summary>A single value, as text.</summary>
internal sealed class YamlScalar(TextSpan span, string text, bool isPlain) : YamlNode(span)
{
    public string Text => text;

    /// <summary>Not quoted and not a block: only such text can mean a number, a truth value or nothing.</summary>
    public bool IsPlain => isPlain;

    public bool IsNull => isPlain && text is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed class YamlSequence(TextSpan span) : YamlNode(span)
{
    public List<YamlNode> Items { get; } = [];
}

internal sealed class YamlMapping(TextSpan span) : YamlNode(span)
{
    public List<YamlEntry> Entries { get; } = [];

    /// <summary>False when reading broke off within it or right behind it, so that a missing key proves nothing.</summary>
    public bool IsComplete { get; private set; } = true;

    public void MarkIncomplete() => IsComplete = false;

    public void Add(YamlEntry entry)
    {
        // A block mapping has no sign of its own: its first key stands for it.
        if (Entries.Count == 0 && Span.Length == 0)
            Span = entry.Key.Span;
        Entries.Add(entry);
    }
}

/// <summary>Something that was already reported; whoever reads it says no more about it.</summary>
internal sealed class YamlInvalid(TextSpan span) : YamlNode(span);

internal sealed record YamlEntry(YamlScalar Key, YamlNode Value)
{
    /// <summary>Where to point when the value is wrong: an absent value has no place of its own.</summary>
    public TextSpan ValueSpan => Value.Span.Length == 0 ? Key.Span : Value.Span;
}
