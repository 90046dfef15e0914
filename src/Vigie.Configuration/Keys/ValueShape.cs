using System.Collections.Immutable;

namespace Vigie.Configuration.Keys;

/// <summary>
/// What may stand behind a key. The reader takes its ranges and words from here and the JSON Schema is written from
/// here, so the two cannot differ. A closed family.
/// </summary>
/// <param name="Wanted">In words, for "expected ..., found ...".</param>
internal abstract record ValueShape(string Wanted);

/// <summary>Text that matches a pattern.</summary>
/// <param name="Wanted">In words.</param>
/// <param name="Pattern">A regular expression for the whole text, in the part of the language that .NET and JSON Schema share.</param>
internal sealed record TextShape(string Wanted, string Pattern) : ValueShape(Wanted)
{
    /// <summary>Whether text of digits alone, which YAML itself takes for a number, may stand here without quotes.</summary>
    public bool MayBeDigits { get; init; }
}

internal sealed record IntegerShape(int Minimum, int Maximum)
    : ValueShape(Maximum == Minimum + 1 ? $"{Minimum} or {Maximum}" : $"a number from {Minimum} to {Maximum}");

internal sealed record BooleanShape() : ValueShape("true or false");

/// <summary>A time with its unit; the ends of its range are written as people write them.</summary>
internal sealed record DurationShape(TimeSpan Minimum, TimeSpan Maximum)
    : ValueShape($"a time from {Values.DurationText.Format(Minimum)} to {Values.DurationText.Format(Maximum)}");

/// <summary>One of a few words.</summary>
internal sealed record WordShape(ImmutableArray<string> Words) : ValueShape(string.Join(" or ", Words.Select(word => $"'{word}'")));

internal sealed record ListShape(string Wanted, ValueShape Item, int MinimumItems, int MaximumItems) : ValueShape(Wanted);

internal sealed record MappingShape(string Wanted, ImmutableArray<ConfigurationKey> Keys) : ValueShape(Wanted);

/// <summary>Any one of several shapes.</summary>
internal sealed record ChoiceShape(string Wanted, ImmutableArray<ValueShape> Choices) : ValueShape(Wanted);
