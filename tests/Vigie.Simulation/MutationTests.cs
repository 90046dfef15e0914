using Vigie.Simulation.Mutations;
using Xunit;

namespace Vigie.Simulation;

/// <summary>The checkers are only worth what they see: each hand-made mistake must be seen, and nothing else.</summary>
[Trait("Category", "slow")]
public class MutationTests
{
    private const int Worlds = 1000;

    /// <summary>The same code runs unmutated in <see cref="WorldTests"/>; this is only to trust the copying.</summary>
    private const int UnmutatedWorlds = 200;

    [Fact]
    public void The_copy_without_a_mutation_keeps_the_rules() => Assert.Null(MutatedWorlds.Compile(null).FirstViolation(UnmutatedWorlds));

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_mutation_is_seen(string name)
    {
        var mutation = Mutation.All.Single(m => m.Name == name);

        var mutated = MutatedWorlds.Compile(mutation);
        foreach (var world in mutation.Directed)
            for (ulong seed = 1; seed <= WorldTests.DirectedSeeds; seed++)
                Assert.True(mutated.ViolationInDirected(seed, world) is not null, $"{name} went unseen in {world}, seed {seed}: {mutation.Reason}");
        if (mutation.Directed.Length > 0)
            return;

        var violation = mutated.FirstViolation(Worlds);
        Assert.True(violation is not null, $"{name} went unseen in {Worlds} worlds: {mutation.Reason}");
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {violation}");
    }

    public static TheoryData<string> Names => [.. Mutation.All.Select(m => m.Name)];
}
