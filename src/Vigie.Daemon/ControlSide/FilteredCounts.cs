using System.Text.Json;
using Vigie.Daemon.NodeSide;
using Vigie.Linux;

namespace Vigie.Daemon.ControlSide;

/// <summary>How many advertisements of strangers the kernel has thrown away for us, see <see cref="PeerFilter"/>.</summary>
internal static class FilteredCounts
{
    /// <summary>By the counter of the virtual router; empty when there is no such table.</summary>
    public static IReadOnlyDictionary<string, long> Read()
    {
        using var nftables = Nftables.TryOpen(out _);
        return nftables?.Query($"list counters table {PeerFilter.Table}") is { } answer ? Parse(answer) : new Dictionary<string, long>();
    }

    internal static IReadOnlyDictionary<string, long> Parse(string answer)
    {
        var counts = new Dictionary<string, long>();
        using var document = JsonDocument.Parse(answer);
        foreach (var item in document.RootElement.GetProperty("nftables").EnumerateArray())
            if (item.TryGetProperty("counter", out var counter))
                counts[counter.GetProperty("name").GetString() ?? ""] = counter.GetProperty("packets").GetInt64();
        return counts;
    }
}
