using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Vigie.Simulation.Worlds;
using Xunit;

namespace Vigie.Simulation;

/// <summary>Thousands of worlds, each from its seed, each watched by every checker.</summary>
public class WorldTests
{
    private const int OrdinaryWorlds = 3000;
    /// <summary>How often a world whose course is written down is run, each time with other latencies and clocks.</summary>
    public const ulong DirectedSeeds = 25;

    private const int LongWorlds = 100_000;

    /// <summary>No new world is begun after this, so that a slow machine tries fewer instead of failing.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(100);

    [Fact]
    public void Every_world_keeps_the_rules() => Run(1, OrdinaryWorlds, Limit);

    [Fact]
    [Trait("Category", "long")]
    public void Every_one_of_many_worlds_keeps_the_rules() => Run(1_000_000, LongWorlds, TimeSpan.FromHours(2));

    [Fact]
    public void A_seed_tells_the_same_world_twice()
    {
        for (ulong seed = 1; seed <= 5; seed++)
            Assert.Equal(WorldRunner.Trace(seed), WorldRunner.Trace(seed));
    }

    [Theory]
    [MemberData(nameof(DirectedWorlds))]
    public void A_directed_world_keeps_the_rules(string name)
    {
        for (ulong seed = 1; seed <= DirectedSeeds; seed++)
            Assert.Null(WorldRunner.ViolationInDirected(seed, name));
    }

    public static TheoryData<string> DirectedWorlds => [.. DirectedWorld.All.Select(w => w.Name)];

    [Theory]
    [MemberData(nameof(MendedSeeds))]
    public void A_world_that_once_showed_a_mistake_keeps_the_rules(ulong seed, string mistake)
    {
        Assert.NotEmpty(mistake);
        Assert.Null(WorldRunner.Violation(seed));
    }

    public static TheoryData<ulong, string> MendedSeeds => new()
    {
        { 46, "after a healed split the better Active did not announce, and clients went on to the one that yielded" },
        { 39, "a host that was frozen past its Active_Down_Interval by a few milliseconds took over at once" },
        { 2556, "a resignation that its successor's first advertisement had overtaken started a second takeover" },
        { 1007595, "the checker forgot that announcements of a cut-off host may still be under way" },
        { 1086409, "the checker took a kernel for quick again when an earlier slowness was over" },
        { 1010115, "the same, with delays" },
        { 1050307, "the checker took one family's resignation for that of both" },
        { 1033854, "a host that was frozen past the lifetime of its addresses announced them before it had them again" },
        { 139, "a host that was frozen for most of its wait took over when the rest had passed" },
    };

    private static void Run(ulong from, int count, TimeSpan limit)
    {
        var output = TestContext.Current.TestOutputHelper!;
        var watch = Stopwatch.StartNew();
        var violations = new ConcurrentBag<string>();
        var tried = 0;
        Parallel.For(0, count, (i, loop) =>
        {
            if (watch.Elapsed > limit || violations.Count >= 10)
            {
                loop.Stop();
                return;
            }

            Interlocked.Increment(ref tried);
            if (WorldRunner.Violation(from + (ulong)i) is { } violation)
                violations.Add(violation);
        });

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tried} worlds in {watch.Elapsed.TotalSeconds:F1} s"));
        Assert.True(violations.IsEmpty,
            string.Join('\n', violations.Order(StringComparer.Ordinal)) + "\nTell one in full: dotnet run -c Release --project tests/Vigie.Simulation -- --seed N");
        Assert.True(tried >= count / 10, $"only {tried} of {count} worlds in {watch.Elapsed}: too slow to mean anything");
    }
}
