using Vigie.Core.Net;

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

    /// <summary>The last 32 bits of each address of one family: all of an IPv4 address, the telling part of an IPv6 one.</summary>
    internal static uint[] LastWords(IpFamily family, ReadOnlySpan<IpAddress> addresses)
    {
        var keys = new SortedSet<uint>();
        foreach (var address in addresses)
        {
            if (address.Family == family)
                keys.Add((uint)(address.Bits & uint.MaxValue));
        }

        return [.. keys];
    }
}
