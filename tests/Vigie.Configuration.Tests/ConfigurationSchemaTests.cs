using System.Runtime.CompilerServices;
using System.Text.Json;
using Vigie.Configuration.Keys;
using Vigie.Configuration.Yaml;
using Xunit;

namespace Vigie.Configuration.Tests;

/// <summary>The schema for editors and the reader say the same, as far as a schema can say it.</summary>
public sealed class ConfigurationSchemaTests
{
    private static readonly JsonElement Schema = JsonDocument.Parse(ConfigurationSchema.Json).RootElement;

    [Fact]
    public void The_full_example_fits_the_schema() => Assert.Empty(Violations(Transcript("issue.yaml")));

    [Theory]
    [InlineData("priorty: 150", "priorty is not allowed")]
    [InlineData("priority: 255", "priority")]
    [InlineData("priority: ownr", "priority")]
    [InlineData("vrid: 256", "vrid")]
    [InlineData("accept: yes", "accept")]
    [InlineData("advertisement_interval: 100", "advertisement_interval")]
    [InlineData("version: 4", "version")]
    [InlineData("preempt: {for: 1s}", "preempt")]
    [InlineData("addresses: [db.example.org]", "addresses")]
    [InlineData("ipv4_checksum: both", "ipv4_checksum")]
    [InlineData("authentication: {password: muchtoolong}", "password")]
    public void A_mistake_that_the_reader_refuses_is_refused_by_the_schema(string line, string violation)
    {
        var key = line[..line.IndexOf(':')];
        var text = "virtual_routers:\n" + Sample.Router((key, line[(key.Length + 2)..]));

        Assert.Null(ConfigurationReader.Read(text, "vigie.yaml", "host").Config);
        Assert.Contains(violation, Assert.Single(Violations(text)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("vrid")]
    [InlineData("interface")]
    [InlineData("addresses")]
    public void The_schema_requires_what_the_reader_requires(string key)
    {
        var text = "virtual_routers:\n" + Sample.Router((key, ""));

        Assert.Null(ConfigurationReader.Read(text, "vigie.yaml", "host").Config);
        Assert.Equal([$"{key} is missing"], Violations(text));
    }

    [Theory]
    [InlineData("priority", "owner")]
    [InlineData("preempt", "false")]
    [InlineData("preempt", "{after: 1m30s}")]
    [InlineData("name", "51")]
    [InlineData("peers", "[fd77::2, 10.77.0.2]")]
    [InlineData("ipv4_checksum", "pseudo_header")]
    public void What_the_reader_accepts_fits_the_schema(string key, string value)
    {
        var text = "virtual_routers:\n" + Sample.Router((key, value));

        Assert.NotNull(ConfigurationReader.Read(text, "vigie.yaml", "host").Config);
        Assert.Empty(Violations(text));
    }

    [Fact]
    public void Every_default_of_the_schema_is_what_an_absent_key_means()
    {
        var routers = Schema.GetProperty("properties").GetProperty("virtual_routers").GetProperty("items").GetProperty("properties");
        var absent = Sample.Accepted(Sample.Read(Sample.Router()));
        var checkedKeys = 0;
        foreach (var property in routers.EnumerateObject())
        {
            if (!property.Value.TryGetProperty("default", out var value))
                continue;
            checkedKeys++;
            Assert.Equal(absent, Sample.Accepted(Sample.ReadWith(property.Name, value.GetRawText().Trim('"'))));
        }

        Assert.Equal(9, checkedKeys);
    }

    [Fact]
    public void Every_key_has_a_description_here_and_a_chapter_in_the_manual()
    {
        var manual = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../docs/configuration.md"));
        foreach (var key in KeyTable.All)
        {
            Assert.True(key.Description.Length > 20, key.Name);
            Assert.Contains($"`{key.Name}`", manual, StringComparison.Ordinal);
        }
    }

    private static string Transcript(string name) => File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "Transcripts", name));

    private static string ThisFile([CallerFilePath] string path = "") => path;

    private static List<string> Violations(string yaml)
    {
        var problems = new ProblemList();
        var tree = YamlTreeReader.Read(yaml, problems);
        Assert.False(problems.HasErrors);
        return [.. SchemaWalk.Violations(tree!, Schema, "the file")];
    }
}
