using Vigie.Configuration.Keys;
using Vigie.Configuration.Yaml;

namespace Vigie.Configuration.Values;

/// <summary>
/// Opens a mapping against its table of keys: duplicate and unknown keys are reported at once, keys that are missing at
/// the end. A reader can only ask for keys that stand in the table.
/// </summary>
internal sealed class MappingReader
{
    private readonly Dictionary<string, YamlEntry> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _present;
    private readonly HashSet<string> _suggested = [];
    private readonly YamlMapping _mapping;
    private readonly MappingShape _shape;
    private readonly ProblemList _problems;

    public MappingReader(YamlMapping mapping, MappingShape shape, ProblemList problems)
    {
        _mapping = mapping;
        _shape = shape;
        _problems = problems;
        _present = [.. mapping.Entries.Select(entry => entry.Key.Text)];
        foreach (var entry in mapping.Entries)
            Admit(entry);
    }

    public YamlEntry? Find(ConfigurationKey key)
    {
        if (!_shape.Keys.Any(known => ReferenceEquals(known, key)))
            throw new InvalidOperationException($"'{key.Name}' is not a key of this mapping");
        return _entries.GetValueOrDefault(key.Name);
    }

    /// <summary>
    /// Reports required keys that are absent. Those suggested for a misspelt key are there, only misspelt; and a mapping in
    /// which the file breaks off is not blamed for them.
    /// </summary>
    /// <param name="owner">What lacks the key, for example "virtual router 'db'".</param>
    public void ReportMissing(string owner)
    {
        if (!_mapping.IsComplete)
            return;
        foreach (var key in _shape.Keys)
            if (key.IsRequired && !_entries.ContainsKey(key.Name) && !_suggested.Contains(key.Name))
                _problems.Error(_mapping.Span, $"{owner} has no '{key.Name}'", $"add '{key.Name}:' with {key.Shape.Wanted}");
    }

    private void Admit(YamlEntry entry)
    {
        var name = entry.Key.Text;
        if (name == "<<")
        {
            _problems.Error(entry.Key.Span, "merge keys are not supported", "write the keys out");
            return;
        }

        if (!_shape.Keys.Any(key => key.Name == name))
        {
            // The search is skipped once nobody would see its result: a hostile file may hold a great many keys.
            _problems.Error(entry.Key.Span, $"unknown key {Quote.Show(name)}", _problems.IsFull ? null : RemedyForUnknown(name));
            return;
        }

        if (!_entries.TryAdd(name, entry))
            _problems.Error(entry.Key.Span, $"key '{name}' appears twice; it is already set in line {_entries[name].Key.Span.Line}", "remove one of the two");
    }

    /// <summary>The nearest key that is not used yet, or the one that other programs call so, or all of them.</summary>
    private string RemedyForUnknown(string name)
    {
        var free = _shape.Keys.Where(key => !_present.Contains(key.Name)).ToList();
        var known = free.Find(key => key.KnownElsewhereAs.Contains(name, StringComparer.OrdinalIgnoreCase));
        var near = known?.Name ?? Suggestion.For(name, free.Select(key => key.Name));
        if (near is null)
            return $"the keys here are {string.Join(", ", _shape.Keys.Select(key => key.Name))}";
        _suggested.Add(near);
        return $"did you mean '{near}'?";
    }
}
