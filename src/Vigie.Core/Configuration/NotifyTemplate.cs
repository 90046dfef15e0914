using System.Collections.Immutable;
using System.Text;

namespace Vigie.Core.Configuration;

/// <summary>
/// One argument of a notification: text with placeholders in braces. "{{" and "}}" stand for a brace. Whatever a value
/// holds, it stays within its argument: nothing is split or expanded afterwards.
/// </summary>
public sealed class NotifyTemplate : IEquatable<NotifyTemplate>
{
    private readonly ImmutableArray<(string Literal, NotifyPlaceholder? Value)> _parts;

    private NotifyTemplate(string text, ImmutableArray<(string, NotifyPlaceholder?)> parts) => (Text, _parts) = (text, parts);

    /// <summary>The names that may stand in braces, in the order of the documentation.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Enum.GetNames<NotifyPlaceholder>().Select(name => name.ToLowerInvariant())];

    /// <summary>As it stands in the file.</summary>
    public string Text { get; }

    public bool HasPlaceholders => _parts.Any(part => part.Value is not null);

    /// <summary>Null when the text is none; then the fault says why.</summary>
    public static NotifyTemplate? Parse(string text, out TemplateFault fault)
    {
        ArgumentNullException.ThrowIfNull(text);
        fault = default;
        var parts = ImmutableArray.CreateBuilder<(string, NotifyPlaceholder?)>();
        var literal = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is not ('{' or '}'))
            {
                literal.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == text[at])
            {
                literal.Append(text[at++]);
            }
            else
            {
                var end = text[at] == '{' ? text.IndexOf('}', at) : -1;
                if (end < 0)
                {
                    fault = new TemplateFault(at, 1, null);
                    return null;
                }

                var name = Names.IndexOf(text[(at + 1)..end]);
                if (name < 0)
                {
                    fault = new TemplateFault(at, end + 1 - at, text[(at + 1)..end]);
                    return null;
                }

                parts.Add((literal.ToString(), (NotifyPlaceholder)name));
                literal.Clear();
                at = end;
            }
        }

        parts.Add((literal.ToString(), null));
        return new NotifyTemplate(text, parts.ToImmutable());
    }

    /// <summary>The argument with the values put in.</summary>
    public string Render(Func<NotifyPlaceholder, string> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var rendered = new StringBuilder();
        foreach (var (literal, placeholder) in _parts)
        {
            rendered.Append(literal);
            if (placeholder is { } known)
                rendered.Append(value(known));
        }

        return rendered.ToString();
    }

    public bool Equals(NotifyTemplate? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as NotifyTemplate);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}
