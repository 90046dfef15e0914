using System.Security.Cryptography;
using Xunit;

namespace Vigie.Fuzz;

/// <summary>The ordinary test run's share of fuzzing: the corpus is replayed, and each target is fuzzed for a second.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    public static TheoryData<string> Targets => [.. FuzzTarget.All.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void The_corpus_breaks_no_promise_and_shows_every_outcome(string name)
    {
        var target = FuzzTarget.Named(name);
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (file, bytes) in Corpus.Of(name))
        {
            var outcome = target.Outcomes[target.Run(bytes)];
            seen.Add(outcome);
            // A file is named after its outcome, so that a changed answer to an old input is noticed.
            Assert.StartsWith($"{name}/{outcome}", file, StringComparison.Ordinal);
        }

        Assert.Equal(target.Outcomes.Order(StringComparer.Ordinal), seen);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_beginning_of_every_corpus_file_breaks_no_promise(string name)
    {
        var target = FuzzTarget.Named(name);
        foreach (var (_, bytes) in Corpus.Of(name))
            for (var length = 0; length < bytes.Length; length++)
                Assert.InRange(target.Run(bytes.AsSpan(0, length)), 0, target.Outcomes.Length - 1);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_second_of_mutations_breaks_no_promise(string name)
    {
        var run = FuzzRun.Start(FuzzTarget.Named(name), TimeSpan.FromSeconds(1), RandomNumberGenerator.GetInt32(int.MaxValue));
        output.WriteLine(run.Describe());
        Assert.True(run.Failure is null, run.Describe());
    }

    [Fact]
    public void A_target_that_breaks_is_found_and_its_input_is_told()
    {
        // A decoder with a bug three bytes deep, of the kind that the mutator must find: a missing length check.
        var broken = new FuzzTarget("arp", input => input.Length > 2 && input[2] == 0xFF ? input[input.Length] : 0, ["None"]);
        var run = FuzzRun.Start(broken, TimeSpan.FromSeconds(10), seed: 1);
        Assert.IsType<IndexOutOfRangeException>(run.Failure?.Error);
        Assert.Equal(0xFF, run.Failure!.Value.Input[2]);
    }

    [Fact]
    public void The_same_seed_makes_the_same_inputs()
    {
        static string[] Inputs(int seed)
        {
            var mutator = new Mutator(new Random(seed));
            return [.. Enumerable.Range(0, 100).Select(_ => Convert.ToHexString(mutator.Mutate([[1, 2, 3, 4], [5, 6]])))];
        }

        Assert.Equal(Inputs(7), Inputs(7));
        Assert.NotEqual(Inputs(7), Inputs(8));
    }
}
