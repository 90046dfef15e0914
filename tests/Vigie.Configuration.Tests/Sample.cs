using Vigie.Core.Configuration;
using Xunit;

namespace Vigie.Configuration.Tests;

/// <summary>Short ways to read a configuration with one virtual router in it.</summary>
internal static class Sample
{
    /// <summary>A right virtual router; a given key replaces, or is added to, those of this one. An empty value leaves the key out.</summary>
    public static string Router(params (string Key, string Value)[] changes)
    {
        var keys = new List<(string Key, string Value)>
        {
            ("name", "db"), ("vrid", "51"), ("interface", "eth0"), ("addresses", "[10.77.0.100/24, fd77::100/64]"),
        };
        foreach (var change in changes)
        {
            keys.RemoveAll(key => key.Key == change.Key);
            if (change.Value.Length > 0)
                keys.Add(change);
        }

        return "  - " + string.Join("\n    ", keys.Select(key => $"{key.Key}: {key.Value}")) + "\n";
    }

    public static ConfigurationResult Read(params string[] routers) =>
        ConfigurationReader.Read("virtual_routers:\n" + string.Concat(routers), "vigie.yaml", "host");

    public static ConfigurationResult ReadWith(string key, string value) => Read(Router((key, value)));

    /// <summary>The only virtual router of a configuration that must be free of problems.</summary>
    public static VirtualRouterConfig Accepted(ConfigurationResult result)
    {
        Assert.Equal("", result.Render(color: false));
        return Assert.Single(result.Config!.VirtualRouters);
    }

    /// <summary>The only problem of a configuration that must be refused for one reason.</summary>
    public static ConfigurationProblem OnlyError(ConfigurationResult result)
    {
        Assert.Null(result.Config);
        Assert.True(result.Problems.Length == 1, result.Render(color: false));
        Assert.Equal(ProblemSeverity.Error, result.Problems[0].Severity);
        return result.Problems[0];
    }
}
