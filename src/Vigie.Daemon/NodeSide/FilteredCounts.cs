using System.Text.Json;
using Vigie.Linux;

namespace Vigie.Daemon.NodeSide;

/// <summary>How many advertisements of strangers the kernel has thrown away for us, see <see cref="PeerFilter"/>.</summary>
internal static class FilteredCounts
{
    /// <summary>Packets by the counter of the virtual router; empty when there is no such table.</summary>
    public static IReadOnlyDictionary<string, long> Read()
    {
        using var nftables = Nftables.TryOpen(out _);
        return nftables is null ? new Dictionary<string, long>() : ReadFrom(nftables).ToDictionary(count => count.Key, count => count.Value.Packets);
    }

    public static IReadOnlyDictionary<string, FilteredCount> ReadFrom(Nftables nftables) =>
        nftables.Query($"list counters table {PeerFilter.Table}") is { } answer ? Parse(answer) : new Dictionary<string, FilteredCount>();

    internal static IReadOnlyDictionary<string, FilteredCount> Parse(string answer)
    {
        var counts = new Dictionary<string, FilteredCount>();
        using var document = JsonDocument.Parse(answer);
        foreach (var item in document.RootElement.GetProperty("nftables").EnumerateArray())
            if (item.TryGetProperty("counter", out var counter))
                counts[counter.GetProperty("name").GetString() ?? ""] = new FilteredCount(
                    counter.GetProperty("packets").GetInt64(), counter.GetProperty("bytes").GetInt64());
        return counts;
    }
}

/// <summary>What one counter of the kernel says.</summary>
internal readonly record struct FilteredCount(long Packets, long Bytes);
