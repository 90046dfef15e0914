using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Vigie.Simulation.Mutations;
using Vigie.Simulation.Worlds;
using Xunit;

namespace Vigie.Simulation;

/// <summary>Hosts with guardians, whose processes die and are stopped: nothing moves that need not.</summary>
public class GuardedWorldTests
{
    private const int Hour = 3600;
    private const ulong MutatedWorldCount = 60;

    [Theory]
    [InlineData(1000, 200, Hour)]
    [InlineData(100, 60, 600)]
    [InlineData(10, 60, 120)]
    public void Every_world_keeps_the_rules(int intervalMilliseconds, int worlds, int seconds) => Run(1, intervalMilliseconds, worlds, seconds);

    [Theory]
    [Trait("Category", "long")]
    [InlineData(1000, 10_000, Hour)]
    [InlineData(10, 3_000, 120)]
    public void Every_one_of_many_worlds_keeps_the_rules(int intervalMilliseconds, int worlds, int seconds) =>
        Run(1_000_000, intervalMilliseconds, worlds, seconds);

    [Fact]
    public void A_seed_tells_the_same_world_twice()
    {
        for (ulong seed = 1; seed <= 3; seed++)
            Assert.Equal(WorldRunner.TraceOfGuarded(seed, 100, 120), WorldRunner.TraceOfGuarded(seed, 100, 120));
    }

    /// <summary>What GuardedHost.Pumping.cs says of wake-ups that are left out.</summary>
    [Theory]
    [InlineData(1000, Hour, 12)]
    [InlineData(250, Hour / 2, 12)]
    public void A_world_is_the_same_without_the_wakeups_that_change_nothing(int intervalMilliseconds, int seconds, int worlds) =>
        Parallel.For(1, worlds, seed => Assert.Equal(
            WorldRunner.TraceOfGuarded((ulong)seed, intervalMilliseconds, seconds, everyWake: true),
            WorldRunner.TraceOfGuarded((ulong)seed, intervalMilliseconds, seconds)));

    [Theory]
    [Trait("Category", "slow")]
    [MemberData(nameof(Mutations))]
    public void Each_mutation_is_seen(string name)
    {
        var mutation = Mutation.Guarded.Single(m => m.Name == name);
        var mutated = MutatedWorlds.Compile(mutation);
        for (ulong seed = 1; seed <= MutatedWorldCount; seed++)
        {
            if ((mutated.ViolationInGuarded(seed, 1000, Hour) ?? mutated.ViolationInGuarded(seed, 10, 600)) is not { } violation)
                continue;
            TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {violation}");
            return;
        }

        Assert.Fail($"{name} went unseen in {MutatedWorldCount} worlds at 1 s and 10 ms: {mutation.Reason}");
    }

    public static TheoryData<string> Mutations => [.. Mutation.Guarded.Select(m => m.Name)];

    private static void Run(ulong from, int intervalMilliseconds, int worlds, int seconds)
    {
        var watch = Stopwatch.StartNew();
        var violations = new ConcurrentBag<string>();
        Parallel.For(0, worlds, (i, loop) =>
        {
            if (violations.Count >= 10)
                loop.Stop();
            else if (WorldRunner.ViolationInGuarded(from + (ulong)i, intervalMilliseconds, seconds) is { } violation)
                violations.Add(violation);
        });
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{worlds} worlds of {seconds} s every {intervalMilliseconds} ms: {(double)worlds * seconds / Hour:F1} cluster-hours in {watch.Elapsed.TotalSeconds:F1} s"));
        Assert.True(violations.IsEmpty,
            string.Join('\n', violations.Order(StringComparer.Ordinal))
            + $"\nTell one in full: dotnet run -c Release --project tests/Vigie.Simulation -- --guarded {intervalMilliseconds} {seconds} N");
    }
}
