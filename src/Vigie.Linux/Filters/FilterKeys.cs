namespace Vigie.Linux;

/// <summary>Brings what a filter selects by into the order that <see cref="BpfProgram.Select"/> wants.</summary>
internal static class FilterKeys
{
    internal static uint[] Sorted(ReadOnlySpan<int> values)
    {
        var keys = new SortedSet<uint>();
        foreach (var value in values)
            keys.Add((uint)value);
        return [.. keys];
    }
}
