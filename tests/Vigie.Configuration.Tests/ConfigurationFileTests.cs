using System.Text;
using Xunit;

namespace Vigie.Configuration.Tests;

/// <summary>What keeps a file from being read is said like any other problem.</summary>
public sealed class ConfigurationFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vigie-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_read() =>
        Assert.NotNull(Read("good.yaml", Encoding.UTF8.GetBytes("virtual_routers:\n" + Sample.Router())).Config);

    [Fact]
    public void A_missing_file_is_an_error_without_a_line()
    {
        var path = Path.Combine(_folder, "missing.yaml");

        Assert.Equal($"{path}: error: there is no such file\n = check the path\n", ConfigurationFile.Read(path, "host").Render(color: false));
    }

    [Fact]
    public void A_directory_is_no_file() =>
        Assert.Equal("this is a directory", Sample.OnlyError(ConfigurationFile.Read(_folder, "host")).Message);

    [Fact]
    public void A_file_that_is_not_UTF8_is_refused_with_the_line() =>
        Assert.Equal("line 2 is not UTF-8 text", Sample.OnlyError(Read("latin1.yaml", [.. "a: 1\nb: "u8, 0xE9, (byte)'\n'])).Message);

    [Fact]
    public void A_file_without_end_is_not_read_to_the_end() =>
        Assert.Equal("the file is larger than 1 MiB", Sample.OnlyError(ConfigurationFile.Read("/dev/zero", "host")).Message);

    [Fact]
    public void A_path_that_cannot_exist_is_an_error()
    {
        Assert.Single(ConfigurationFile.Read("", "host").Problems);
        Assert.Single(ConfigurationFile.Read("a\0b", "host").Problems);
    }

    private ConfigurationResult Read(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return ConfigurationFile.Read(path, "host");
    }
}
