using System.Collections.Concurrent;
using Vigie.Core;

namespace Vigie.Lab.Tests.Faults;

/// <summary>
/// Runs cells: the slow ones several at once, because they mostly wait, then the others one after the other. A cell is
/// asked for by name, so that each is a test of its own in the report.
/// </summary>
public sealed class FaultMatrix
{
    // Each makes and unmakes hosts, for which the kernel has one lock: more of them measure each other.
    private const int AtOnce = 3;

    /// <summary>Only cells whose name contains this text are run: for one's own loop.</summary>
    private const string Only = "VIGIE_MATRIX";

    private readonly Lock _gate = new();
    private ConcurrentDictionary<FaultCell, FaultOutcome>? _outcomes;

    internal FaultOutcome Of(FaultCell cell)
    {
        lock (_gate)
        {
            // The first to ask waits for all.
            if (_outcomes is null)
            {
                _outcomes = Run(FaultCell.Pairwise.Where(IsWanted));
                new FaultTable(FaultCell.Pairwise.Where(IsWanted).Select(ran => (ran, new[] { _outcomes[ran] }))).WriteTo("artifacts/fault-matrix.md");
            }
        }

        return _outcomes.TryGetValue(cell, out var outcome) ? outcome : new FaultOutcome(cell) { Failure = $"not run: {Only} is set" };
    }

    internal static ConcurrentDictionary<FaultCell, FaultOutcome> Run(IEnumerable<FaultCell> cells)
    {
        var outcomes = new ConcurrentDictionary<FaultCell, FaultOutcome>();
        var groups = cells.ToLookup(cell => cell.RunsAlone);
        // Threads of their own: the runs block, and a pool that grows by one thread a second would run them one by one.
        var queue = new ConcurrentQueue<FaultCell>(groups[false]);
        var threads = Enumerable.Range(0, AtOnce).Select(_ => new Thread(() => Drain(queue, outcomes)) { IsBackground = true }).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        Drain(new ConcurrentQueue<FaultCell>(groups[true]), outcomes);
        return outcomes;
    }

    internal static bool IsWanted(FaultCell cell) =>
        Environment.GetEnvironmentVariable(Only) is not { Length: > 0 } wanted || cell.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase);

    private static void Drain(ConcurrentQueue<FaultCell> queue, ConcurrentDictionary<FaultCell, FaultOutcome> outcomes)
    {
        while (queue.TryDequeue(out var cell))
            outcomes[cell] = FaultDrill.Run(cell);
    }

}
