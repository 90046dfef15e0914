using System.Collections.Immutable;

namespace Vigie.Lab.Tests.Faults;

/// <summary>One square of the matrix.</summary>
/// <param name="Fault">What happens to the owner.</param>
/// <param name="Interval">Milliseconds from advertisement to advertisement.</param>
/// <param name="Hosts">How many compete: 2 or 3.</param>
internal readonly record struct FaultCell(Fault Fault, int Interval, int Hosts)
{
    public static readonly ImmutableArray<int> Intervals = [1000, 100, 10];

    public static ImmutableArray<FaultCell> All { get; } =
    [
        .. from fault in Enum.GetValues<Fault>() from interval in Intervals from hosts in new[] { 2, 3 } select new FaultCell(fault, interval, hosts),
    ];

    /// <summary>
    /// The smallest choice that has every pair: each fault at each interval, and with each number of hosts; each interval
    /// with each number of hosts. What comes after the overload has tests of its own and is repeated in the long run alone.
    /// </summary>
    public static ImmutableArray<FaultCell> Pairwise { get; } =
    [
        .. from fault in Enum.GetValues<Fault>() where fault <= Fault.Overload from index in Enumerable.Range(0, Intervals.Length)
           select new FaultCell(fault, Intervals[index], 2 + ((int)fault + index) % 2),
    ];

    public string Name => $"{Fault} {Interval} ms {Hosts} hosts";

    /// <summary>
    /// A busy machine stalls for longer than three intervals of 10 ms, overload is felt by whoever runs beside it, and
    /// the 50 ms that a release may take are few: such rows run alone.
    /// </summary>
    public bool RunsAlone => Interval < 100 || Fault is Fault.Overload or Fault.KilledUnderUnit;

    public override string ToString() => Name;
}
