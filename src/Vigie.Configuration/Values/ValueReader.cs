using System.Globalization;
using System.Text.RegularExpressions;
using Vigie.Configuration.Keys;
using Vigie.Configuration.Yaml;

namespace Vigie.Configuration.Values;

/// <summary>Reads single values: a value of the wanted shape, or null after having said what is wrong.</summary>
internal sealed partial class ValueReader(ProblemList problems)
{
    public ProblemList Problems => problems;

    [GeneratedRegex(KeyTable.NamePattern, RegexOptions.CultureInvariant)]
    private static partial Regex NameRegex { get; }

    [GeneratedRegex(KeyTable.InterfacePattern, RegexOptions.CultureInvariant)]
    private static partial Regex InterfaceRegex { get; }

    /// <summary>The text of a scalar that is not empty, whatever it looks like.</summary>
    public string? Text(YamlEntry entry, string wanted)
    {
        if (entry.Value is YamlInvalid)
            return null;
        if (entry.Value is YamlScalar { IsNull: false } scalar)
            return scalar.Text;
        WrongShape(entry.Key.Text, entry.Value, entry.ValueSpan, wanted);
        return null;
    }

    public string? Name(YamlEntry entry, ConfigurationKey key)
    {
        if (Text(entry, key.Shape.Wanted) is not { } text)
            return null;
        if (NameRegex.IsMatch(text) && !text.EndsWith('\n'))
            return text;
        problems.Error(entry.ValueSpan, $"{Quote.Show(text)} is not a name for '{key.Name}'", $"use {key.Shape.Wanted}");
        return null;
    }

    public string? InterfaceName(YamlEntry entry)
    {
        if (Text(entry, KeyTable.Interface.Shape.Wanted) is not { } text)
            return null;
        if (InterfaceRegex.IsMatch(text) && text is not ("." or "..") && !text.EndsWith('\n'))
            return text;
        problems.Error(entry.ValueSpan, $"{Quote.Show(text)} cannot be the name of an interface: the kernel allows 1 to 15 characters without '/', ':' or white space",
            "'ip link' lists the names");
        return null;
    }

    public int? Integer(YamlEntry entry, IntegerShape shape)
    {
        if (Text(entry, shape.Wanted) is not { } text)
            return null;
        var scalar = (YamlScalar)entry.Value;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || (text.Length > 1 && text[0] == '0'))
        {
            WrongShape(entry.Key.Text, scalar, entry.ValueSpan, shape.Wanted);
            return null;
        }

        if (!scalar.IsPlain)
        {
            problems.Error(entry.ValueSpan, $"'{entry.Key.Text}' takes {shape.Wanted}, and quotes make it text", $"write {text} without quotes");
            return null;
        }

        if (value >= shape.Minimum && value <= shape.Maximum)
            return value;
        problems.Error(entry.ValueSpan, $"'{entry.Key.Text}' takes {shape.Wanted}, not {value}");
        return null;
    }

    public bool? Boolean(YamlEntry entry, string wanted = "true or false")
    {
        if (Text(entry, wanted) is not { } text)
            return null;
        var scalar = (YamlScalar)entry.Value;
        bool? meant = text.ToLowerInvariant() switch
        {
            "true" or "yes" or "on" or "y" or "1" => true,
            "false" or "no" or "off" or "n" or "0" => false,
            _ => null,
        };
        if (scalar.IsPlain && text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
            return meant;
        if (meant is not null)
            problems.Error(entry.ValueSpan, $"'{entry.Key.Text}' takes {wanted}, found {Quote.Show(text)}{(scalar.IsPlain ? "" : " in quotes")}",
                $"write {(meant.Value ? "true" : "false")}");
        else
            WrongShape(entry.Key.Text, scalar, entry.ValueSpan, wanted);
        return null;
    }

    /// <summary>A time of any length; the caller judges its range, see <see cref="IsInRange"/>.</summary>
    public TimeSpan? Duration(YamlEntry entry, DurationShape shape)
    {
        if (Text(entry, shape.Wanted) is not { } text)
            return null;
        var reading = DurationText.Read(text);
        if (reading.IsValid)
            return reading.Value;
        problems.Error(entry.ValueSpan, reading.Problem!, reading.Remedy);
        return null;
    }

    public bool IsInRange(YamlEntry entry, TimeSpan value, DurationShape shape)
    {
        if (value >= shape.Minimum && value <= shape.Maximum)
            return true;
        problems.Error(entry.ValueSpan, $"'{entry.Key.Text}' takes {shape.Wanted}, not {DurationText.Format(value)}");
        return false;
    }

    public string? Word(YamlEntry entry, WordShape shape)
    {
        if (Text(entry, shape.Wanted) is not { } text)
            return null;
        if (shape.Words.Contains(text))
            return text;
        problems.Error(entry.ValueSpan, $"'{entry.Key.Text}' takes {shape.Wanted}, not {Quote.Show(text)}", DidYouMean(text, shape.Words));
        return null;
    }

    /// <summary>The items of a list, those up to its limit when there are more, or null after having said that it is none.</summary>
    public List<YamlNode>? Items(YamlEntry entry, ListShape shape)
    {
        var items = AllItems(entry, shape);
        if (items is null || items.Count <= shape.MaximumItems)
            return items;
        problems.Error(entry.ValueSpan, $"'{entry.Key.Text}' holds {items.Count} items; the limit is {shape.MaximumItems}");
        return items.GetRange(0, shape.MaximumItems);
    }

    /// <summary>As <see cref="Items"/>, for a caller that judges the number of items itself.</summary>
    public List<YamlNode>? AllItems(YamlEntry entry, ListShape shape)
    {
        switch (entry.Value)
        {
            case YamlInvalid:
                return null;
            case YamlSequence sequence:
                return sequence.Items;
            case YamlScalar { IsNull: false } scalar:
                problems.Error(entry.ValueSpan, $"'{entry.Key.Text}' takes {shape.Wanted}, found {Describe(scalar)}", $"write [{Quote.Plain(scalar.Text.Trim())}]");
                return null;
            case YamlMapping:
                problems.Error(entry.ValueSpan, $"'{entry.Key.Text}' takes {shape.Wanted}, found a mapping", "start each item of the list with '- '");
                return null;
            default:
                WrongShape(entry.Key.Text, entry.Value, entry.ValueSpan, shape.Wanted);
                return null;
        }
    }

    public void WrongShape(string key, YamlNode found, TextSpan span, string wanted)
    {
        if (found is YamlScalar { IsNull: true })
            problems.Error(span, $"'{key}' has no value", $"it takes {wanted}");
        else if (found is not YamlInvalid)
            problems.Error(span, $"'{key}' takes {wanted}, found {Describe(found)}");
    }

    public static string? DidYouMean(string written, IEnumerable<string> words) =>
        Suggestion.For(written, words) is { } word ? $"did you mean '{word}'?" : null;

    /// <summary>Where to point at an item of a list: at the list when the item itself has no place.</summary>
    public static TextSpan ItemSpan(YamlNode item, YamlEntry owner) =>
        item.Span.Length > 0 ? item.Span : item.Span.Line > 0 ? item.Span with { Length = 1 } : owner.ValueSpan;

    public static string Describe(YamlNode node) => node switch
    {
        YamlScalar { IsNull: true } => "nothing",
        YamlScalar scalar => Quote.Show(scalar.Text),
        YamlSequence => "a list",
        YamlMapping => "a mapping",
        _ => "something else",
    };
}
