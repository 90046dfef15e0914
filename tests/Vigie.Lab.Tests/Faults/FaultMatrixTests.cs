using Xunit;

namespace Vigie.Lab.Tests.Faults;

/// <summary>
/// Every fault that the operator of a VIP has to expect, at every interval: one owner in the end, which answers; no
/// address left where it does not belong; the hosts' own addresses untouched; and no wait of the client above ten times
/// the bound. The long run does every cell five times and writes the table.
/// </summary>
public sealed class FaultMatrixTests(FaultMatrix matrix) : IClassFixture<FaultMatrix>
{
    public static TheoryData<string> Cells => [.. FaultCell.Pairwise.Select(cell => cell.Name)];

    [Theory]
    [MemberData(nameof(Cells))]
    public void One_owner_in_the_end_and_no_wait_beyond_the_bound(string name)
    {
        var outcome = matrix.Of(FaultCell.Pairwise.Single(cell => cell.Name == name));
        Assert.True(outcome.Failure is null, outcome.Failure);
    }

    [Fact]
    public void The_cover_has_every_pair()
    {
        var all = FaultCell.All.Where(cell => cell.Fault <= Fault.Overload).SelectMany(Pairs).ToHashSet();
        Assert.Equal(all.Order(), FaultCell.Pairwise.SelectMany(Pairs).Distinct().Order());
        Assert.InRange(FaultCell.Pairwise.Length, 1, 70);
    }

    [Fact]
    [Trait("Category", "long")]
    public void The_whole_matrix_five_times_written_as_a_table()
    {
        const int Times = 5;
        var cells = FaultCell.All.Where(FaultMatrix.IsWanted).ToArray();
        var runs = Enumerable.Range(0, Times).Select(_ => FaultMatrix.Run(cells)).ToArray();
        var table = new FaultTable(cells.Select(cell => (cell, runs.Select(run => run[cell]).ToArray())));
        table.WriteTo(cells.Length == FaultCell.All.Length ? "docs/fault-matrix.md" : "artifacts/fault-matrix-part.md");
        Assert.Empty(table.Failures);
    }

    private static IEnumerable<string> Pairs(FaultCell cell) =>
        [$"{cell.Fault}, {cell.Interval} ms", $"{cell.Fault}, {cell.Hosts} hosts", $"{cell.Interval} ms, {cell.Hosts} hosts"];
}
