using Vigie.Daemon.GuardianSide;
using Xunit;

namespace Vigie.Daemon.Tests.GuardianSide;

/// <summary>What is checked before anything starts, and the remedy in each message.</summary>
public sealed class StartChecksTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("vigie-start-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_configuration_that_is_not_there_is_said_with_a_remedy()
    {
        var file = Path.Combine(_directory, "none.yaml");

        Assert.Equal(
            $"there is no configuration {file}; write one (docs/configuration.md shows how) or name another with --config",
            StartChecks.ReadConfiguration(file, out _));
    }

    [Fact]
    public void A_directory_that_is_not_there_is_said_with_a_remedy()
    {
        var file = Path.Combine(_directory, "none", "vigie.yaml");

        Assert.Equal(
            $"there is no configuration {file}: its directory does not exist; name another with --config",
            StartChecks.ReadConfiguration(file, out _));
    }

    [Fact]
    public void A_directory_in_place_of_a_file_is_said()
    {
        Assert.StartsWith($"no permission to read the configuration {_directory}", StartChecks.ReadConfiguration(_directory, out _), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_too_large_to_be_a_configuration_is_not_read()
    {
        var file = Path.Combine(_directory, "large.yaml");
        using (var large = File.Create(file))
            large.SetLength(1024 * 1024 + 1);

        Assert.Equal(
            $"{file} is 1,048,577 bytes long; a configuration has at most 1,048,576. Is it the right file?",
            StartChecks.ReadConfiguration(file, out var text));
        Assert.Empty(text);
    }

    [Fact]
    public void A_readable_file_is_read()
    {
        var file = Path.Combine(_directory, "vigie.yaml");
        File.WriteAllText(file, "node: alpha\n");

        Assert.Null(StartChecks.ReadConfiguration(file, out var text));
        Assert.Equal("node: alpha\n", text);
    }
}
