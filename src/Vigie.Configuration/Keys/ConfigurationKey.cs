using System.Collections.Immutable;

namespace Vigie.Configuration.Keys;

/// <summary>One key of the configuration file.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="Shape">What may stand behind it.</param>
/// <param name="Description">One or two sentences for people who edit the file: meaning, unit, range.</param>
internal sealed record ConfigurationKey(string Name, ValueShape Shape, string Description)
{
    public bool IsRequired { get; init; }

    /// <summary>The value when the key is absent, as JSON; null when there is none or it is not fixed.</summary>
    public string? DefaultJson { get; init; }

    /// <summary>What the same thing is called elsewhere: somebody who writes that gets this key suggested.</summary>
    public ImmutableArray<string> KnownElsewhereAs { get; init; } = [];
}
