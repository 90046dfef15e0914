using Xunit;

namespace Vigie.Simulation;

/// <summary>
/// Ten thousand hours of clusters whose hosts have guardians, at 1 s, and a hundred at 10 ms, with a fault about every minute. It
/// has all cores to itself.
/// </summary>
[Collection(nameof(VolumeTests))]
public class VolumeTests
{
    private const double LeastShare = 0.1;

    /// <summary>No new world is begun after this, so that a slow machine does less instead of failing; up to a point.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(285);

    [Fact]
    [Trait("Category", "slow")]
    public void Thousands_of_hours_keep_the_rules() => Run(1, Limit);

    [Fact]
    [Trait("Category", "long")]
    public void As_many_other_hours_keep_the_rules_however_long_they_take() => Run(100_000_000, TimeSpan.FromHours(1));

    private static void Run(ulong firstSeed, TimeSpan limit)
    {
        var run = new VolumeRun(firstSeed, VolumePart.All, limit);
        run.Run();
        TestContext.Current.TestOutputHelper!.WriteLine($"volume: {run}");
        Assert.True(run.Violations.Count == 0, $"{run}\n{string.Join('\n', run.Violations)}");
        for (var part = 0; part < VolumePart.All.Count; part++)
            Assert.True(run.Done(part).Share >= LeastShare, $"too slow to mean anything: {run}");
    }
}
