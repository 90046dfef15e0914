using System.Text;
using Vigie.Daemon.GuardianSide;
using Xunit;

namespace Vigie.Daemon.Tests;

/// <summary>The configuration that runs, kept for whoever has to clean up after it.</summary>
public sealed class RunningStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vigie-running-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_is_kept_last_is_read_again_and_is_its_owners_alone()
    {
        var store = new RunningStore(Path.Combine(_folder.FullName, "new"));
        Assert.Null(store.Load(out var failure));
        Assert.Null(failure);
        using (var keeper = new RunningKeeper(store, "first"u8.ToArray(), Assert.Fail))
        {
            Assert.Equal("first", store.Load(out _)); // before anything runs by it
            keeper.Keep("second"u8);
            keeper.Keep(default);
            keeper.Keep("third"u8);
        }

        Assert.Equal("third", store.Load(out failure));
        Assert.Null(failure);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(store.FilePath));
        Assert.Equal([store.FilePath], Directory.GetFiles(Path.GetDirectoryName(store.FilePath)!));
    }

    [Fact]
    public void A_directory_that_cannot_be_written_is_said_and_stops_nobody()
    {
        var file = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(file, "no directory");
        List<string> failures = [];
        using (var keeper = new RunningKeeper(new RunningStore(file), Encoding.UTF8.GetBytes("first"), failures.Add))
            keeper.Keep("second"u8);
        Assert.Equal(2, failures.Count);
    }

    [Fact]
    public void What_is_too_large_is_not_read()
    {
        var store = new RunningStore(_folder.FullName);
        Assert.Null(store.Save(new byte[1024 * 1024 + 1]));
        Assert.Null(store.Load(out var failure));
        Assert.Contains("larger", failure, StringComparison.Ordinal);
    }
}
