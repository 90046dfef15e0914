using System.Diagnostics;
using System.Globalization;

namespace Vigie.Fuzz;

/// <summary>
/// One bounded run of the mutating fuzzer over one target: from the corpus on, keeping each input that had an outcome
/// of a kind, and a length, not seen before. The same seed makes the same inputs.
/// </summary>
internal sealed class FuzzRun
{
    private readonly FuzzTarget _target;
    private readonly int _seed;
    private readonly HashSet<(int Outcome, int Length)> _seen = [];
    private readonly SortedDictionary<int, long> _outcomes = [];
    private long _inputs;

    private FuzzRun(FuzzTarget target, int seed) => (_target, _seed) = (target, seed);

    /// <summary>The input that broke the target and what it broke; null when none did.</summary>
    public (byte[] Input, Exception Error)? Failure { get; private set; }

    public static FuzzRun Start(FuzzTarget target, TimeSpan duration, int seed)
    {
        var run = new FuzzRun(target, seed);
        run.Run(duration);
        return run;
    }

    public string Describe()
    {
        var counts = string.Join(", ", _outcomes.Select(o => $"{_target.Outcomes[o.Key]} {o.Value}"));
        var text = string.Create(CultureInfo.InvariantCulture, $"{_target.Name}: seed {_seed}, {_inputs} inputs: {counts}");
        return Failure is { } failure
            ? $"{text}\nBROKEN by {Convert.ToHexStringLower(failure.Input)}\n{failure.Error}"
            : text;
    }

    private void Run(TimeSpan duration)
    {
        byte[][] corpus = [[], .. Corpus.Of(_target.Name).Select(entry => entry.Bytes)];
        foreach (var bytes in corpus)
            if (!TryInput(bytes, out _))
                return;

        var random = new Random(_seed);
        var mutator = new Mutator(random);
        List<byte[]> found = [.. corpus];
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            // The clock is looked at now and then only: it costs more than a decode.
            for (var i = 0; i < 256; i++)
            {
                // What was found soon outnumbers the corpus and is mostly refused early, so half start from the corpus.
                var bytes = mutator.Mutate(random.Next(2) == 0 ? corpus : found);
                if (_target.Repair is { } repair && random.Next(4) != 0)
                    repair(bytes);
                if (!TryInput(bytes, out var isNew))
                    return;
                if (isNew)
                    found.Add(bytes);
            }
        }
    }

    private bool TryInput(byte[] bytes, out bool isNew)
    {
        isNew = false;
        _inputs++;
        try
        {
            var outcome = _target.Run(bytes);
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
            isNew = _seen.Add((outcome, bytes.Length));
            return true;
        }
        catch (Exception error)
        {
            Failure = (bytes, error);
            return false;
        }
    }
}
