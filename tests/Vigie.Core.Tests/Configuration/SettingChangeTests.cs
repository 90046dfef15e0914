using System.Collections.Immutable;
using System.Reflection;
using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Configuration;

/// <summary>
/// Every property of a virtual router, found by reflection: one that is added and forgotten in the comparison would make a
/// reload that changes only it say that nothing changed.
/// </summary>
public sealed class SettingChangeTests
{
    private static readonly VirtualRouterConfig Original = new()
    {
        Name = "db",
        Vrid = 51,
        Interface = "eth0",
        Addresses = [IpPrefix.Parse("10.77.0.100/24")],
    };

    public static TheoryData<string> Settings => [.. typeof(VirtualRouterConfig)
        .GetProperties(BindingFlags.Instance | BindingFlags.Public)
        .Where(p => p.CanWrite && p.Name != nameof(VirtualRouterConfig.Name)) // by the name the two are found
        .Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_property_that_differs_is_one_change_with_both_values_and_makes_the_records_unequal(string property)
    {
        foreach (var changed in Variants(property))
        {
            var changes = SettingChange.Between(Original, changed);

            var change = Assert.Single(changes);
            Assert.Equal("db", change.Router);
            Assert.NotEqual(change.Old, change.New);
            Assert.False(Original.Equals(changed), $"{property} is forgotten in Equals: a reload would take the router for unchanged");
        }
    }

    [Fact]
    public void Every_property_has_a_key_of_its_own()
    {
        var keys = Settings.Select(row => SettingChange.Between(Original, Variants(row.Data)[0])[0].Key).ToArray();

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.True(keys.Length >= 13, string.Join(", ", keys));
    }

    [Fact]
    public void Nothing_that_is_equal_is_a_change() =>
        Assert.Empty(SettingChange.Between(Original, Original with { }));

    [Fact]
    public void A_password_is_never_shown()
    {
        var changes = SettingChange.Between(Original with { Password = "first" }, Original with { Password = "second" });

        var change = Assert.Single(changes);
        Assert.DoesNotContain("first", change.ToString());
        Assert.DoesNotContain("second", change.ToString());
    }

    [Fact]
    public void The_host_has_no_setting_that_the_reload_does_not_compare() =>
        // ElectionLoop.Match compares the name and the virtual routers, ReloadService the notifications; whoever adds one adds it there as well.
        Assert.Equal(
            [nameof(NodeConfig.Node), nameof(NodeConfig.Notify), nameof(NodeConfig.VirtualRouters)],
            typeof(NodeConfig).GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(p => p.CanWrite).Select(p => p.Name).Order());

    private static VirtualRouterConfig[] Variants(string name)
    {
        var property = typeof(VirtualRouterConfig).GetProperty(name)!;
        return [.. Others(property.PropertyType, property.GetValue(Original)).Select(other =>
        {
            var changed = Original with { };
            property.SetValue(changed, other);
            return changed;
        })];
    }

    /// <summary>At least one other value of the type. A type that is not known here fails, instead of going untested.</summary>
    private static object[] Others(Type type, object? value) => value switch
    {
        byte number => [(byte)(number + 1)],
        bool truth => [!truth],
        TimeSpan time => [time + TimeSpan.FromMilliseconds(10), time + TimeSpan.FromSeconds(1)],
        VrrpVersion => [VrrpVersion.V2],
        Ipv4ChecksumForm => [Ipv4ChecksumForm.MessageOnly],
        PreemptConfig => [PreemptConfig.Never, PreemptConfig.Delayed(TimeSpan.FromSeconds(3)), PreemptConfig.Delayed(TimeSpan.FromMilliseconds(50))],
        ImmutableArray<IpPrefix> addresses => [
            addresses.Add(IpPrefix.Parse("10.77.0.101/24")), ImmutableArray.Create(IpPrefix.Parse("10.77.0.100/25"))],
        ImmutableArray<IpAddress> => [ImmutableArray.Create(IpAddress.Parse("10.77.0.2"))],
        string or null when type == typeof(string) => ["other"],
        _ => throw new InvalidOperationException($"give another value of {type} here"),
    };
}
