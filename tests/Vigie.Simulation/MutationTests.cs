using Vigie.Simulation.Mutations;
using Xunit;

namespace Vigie.Simulation;

/// <summary>The checkers are only worth what they see: each hand-made mistake must be seen, and nothing else.</summary>
public class MutationTests
{
    private const int Worlds = 600;

    [Fact]
    public void The_copy_without_a_mutation_keeps_the_rules() => Assert.Null(MutatedWorlds.Compile(null).FirstViolation(Worlds));

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_mutation_is_seen(string name)
    {
        var mutation = Mutation.All.Single(m => m.Name == name);

        var mutated = MutatedWorlds.Compile(mutation);
        var violation = mutation.Seed == 0 ? mutated.FirstViolation(Worlds) : mutated.Violation(mutation.Seed);

        Assert.True(violation is not null,
            $"{name} went unseen in {(mutation.Seed == 0 ? $"{Worlds} worlds" : $"world {mutation.Seed}")}: {mutation.Reason}");
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {violation}");
    }

    public static TheoryData<string> Names => [.. Mutation.All.Select(m => m.Name)];
}
