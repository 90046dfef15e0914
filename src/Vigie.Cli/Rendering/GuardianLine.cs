using Vigie.Contract;

namespace Vigie.Cli.Rendering;

/// <summary>What the guardian does and has had to do, in one line: only what has happened is named.</summary>
internal static class GuardianLine
{
    public static string Describe(GuardianStatus guardian)
    {
        List<string> parts = [guardian.Covering ? "speaks for the node process, which is late, hung or dead" : "watches"];
        if (guardian.NodeRestarts > 0)
            parts.Add($"node started again {Times(guardian.NodeRestarts)}");
        if (guardian.NodeKills > 0)
            parts.Add($"node killed {Times(guardian.NodeKills)}");
        if (guardian.ControlRestarts > 0)
            parts.Add($"control started again {Times(guardian.ControlRestarts)}");
        if (guardian.AdvertisementsCovered > 0)
            parts.Add($"{guardian.AdvertisementsCovered} advertisement{(guardian.AdvertisementsCovered == 1 ? "" : "s")} sent for the node");
        return $"guardian: {string.Join(", ", parts)}";
    }

    private static string Times(long count) => count == 1 ? "once" : $"{count} times";
}
