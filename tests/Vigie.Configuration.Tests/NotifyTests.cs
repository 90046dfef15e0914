using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Xunit;

namespace Vigie.Configuration.Tests;

/// <summary>The list of notifications: what it means, and every mistake with its place and remedy.</summary>
public sealed class NotifyTests
{
    private const string Routers = "virtual_routers:\n  - {name: db, vrid: 51, interface: eth0, addresses: [10.77.0.100/24], close_connections: true}\n";

    [Fact]
    public void The_example_of_the_manual_means_what_it_says()
    {
        var notify = Assert.Single(Accepted(
            "  - {run: [/usr/local/bin/on-change, \"{name}\", \"{state}\"], on: [active, backup, fault], timeout: 10s, user: nobody}"));

        Assert.Equal("/usr/local/bin/on-change", notify.Program);
        Assert.Equal(["{name}", "{state}"], notify.Arguments.Select(argument => argument.Text));
        Assert.Equal([RouterState.Active, RouterState.Backup, RouterState.Fault], notify.On);
        Assert.Equal(TimeSpan.FromSeconds(10), notify.Timeout);
        Assert.Equal("nobody", notify.User);
        Assert.Empty(notify.VirtualRouters);
        Assert.True(notify.Concerns("db", RouterState.Fault));
        Assert.False(notify.Concerns("db", RouterState.Initialize));
    }

    [Fact]
    public void What_is_left_out_is_all_states_all_virtual_routers_ten_seconds_and_the_daemons_choice_of_user()
    {
        var notify = Assert.Single(Accepted("  - run: [/bin/true]"));

        Assert.Equal(Enum.GetValues<RouterState>().Order(), notify.On.Order());
        Assert.Empty(notify.VirtualRouters);
        Assert.Equal(TimeSpan.FromSeconds(10), notify.Timeout);
        Assert.Null(notify.User);
        Assert.Empty(notify.Arguments);
    }

    [Theory]
    [InlineData("- {run: [/bin/x, '{{{name}}}', 5, '', ~x], virtual_routers: [db], user: 65534, timeout: 100ms}")]
    [InlineData("- {run: [/bin/x], on: [initialize], timeout: 10m, user: www-data}")]
    [InlineData("- {run: ['/opt/with space/x']}")]
    public void What_is_right_is_accepted(string entry) => Assert.Single(Accepted("  " + entry));

    [Theory]
    [InlineData("{run: [/bin/x, '{nmae}']}", "'{nmae}'", "did you mean '{name}'?", 18, 6)]
    [InlineData("{run: [/bin/x, 'a {nmae}']}", "'{nmae}'", "did you mean '{name}'?", 20, 6)]
    [InlineData("{run: [/bin/x, '{what}']}", "'{what}'", "{name}, {state}, {previous}, {reason}, {node}, {vrid}, {interface}, {addresses}", 18, 6)]
    [InlineData("{run: [/bin/x, '{name']}", "the brace '{' stands alone", "write it twice", 18, 1)]
    [InlineData("{run: [/bin/x, 'name}']}", "the brace '}' stands alone", "write it twice", 22, 1)]
    [InlineData("{run: [/bin/x, {name}]}", "an argument of 'run' is text, found a mapping", "\"{name}\"", 17, 1)]
    [InlineData("{run: [/bin/x, [a]]}", "an argument of 'run' is text, found a list", null, 17, 1)]
    [InlineData("{run: [/bin/x, ]}", null, null, 0, 0)]
    [InlineData("{run: [bin/x]}", "is not the absolute path", "command -v bin/x", 9, 5)]
    [InlineData("{run: ['on-change {name}']}", "the program itself has no placeholders", "as arguments", 9, 18)]
    [InlineData("{run: ['on-change db']}", "is not the absolute path", "an item of its own", 9, 14)]
    [InlineData("{run: [/bin/]}", "is not the absolute path", null, 9, 5)]
    [InlineData("{run: ['/bin/{name}']}", "the program itself has no placeholders", "as arguments", 9, 13)]
    [InlineData("{run: '/bin/x a'}", "there is no shell", "write [/bin/x, a]", 8, 10)]
    [InlineData("{run: []}", "'run' names no program", "absolute path first", 3, 3)]
    [InlineData("{run: }", "'run' has no value", null, 3, 3)]
    [InlineData("{run: [~]}", "has no value", "\"\"", 9, 1)]
    [InlineData("{on: [active]}", "a notification has no 'run'", "add 'run:'", 2, 1)]
    [InlineData("{run: [/bin/x], on: []}", "'on' names no state", "leave it out", 18, 2)]
    [InlineData("{run: [/bin/x], on: [master]}", "'on' takes", "did you mean 'active'?", 23, 6)]
    [InlineData("{run: [/bin/x], on: [stop]}", "'on' takes", "did you mean 'initialize'?", 23, 4)]
    [InlineData("{run: [/bin/x], on: [actvie]}", "'on' takes", "did you mean 'active'?", 23, 6)]
    [InlineData("{run: [/bin/x], on: [active, active]}", "listed twice", "remove one", 31, 6)]
    [InlineData("{run: [/bin/x], on: active}", "'on' takes a list of states", "write [active]", 22, 6)]
    [InlineData("{run: [/bin/x], virtual_routers: [dbb]}", "no virtual router 'dbb'", "did you mean 'db'?", 36, 3)]
    [InlineData("{run: [/bin/x], virtual_routers: [other]}", "no virtual router 'other'", "there is db", 36, 5)]
    [InlineData("{run: [/bin/x], virtual_routers: []}", "names none", "leave it out", 18, 15)]
    [InlineData("{run: [/bin/x], virtual_routers: [db, db]}", "listed twice", "remove one", 40, 2)]
    [InlineData("{run: [/bin/x], timeout: 10}", "has no unit", "10s", 27, 2)]
    [InlineData("{run: [/bin/x], timeout: 50ms}", "from 100ms to 600s", null, 27, 4)]
    [InlineData("{run: [/bin/x], user: 'a b'}", "cannot be a user", "/etc/passwd", 24, 5)]
    [InlineData("{run: [/bin/x], usre: x}", "unknown key 'usre'", "did you mean 'user'?", 18, 4)]
    [InlineData("{run: [/bin/x], script_user: x}", "unknown key 'script_user'", "did you mean 'user'?", 18, 11)]
    [InlineData("/bin/x", "a notification is a mapping", "- run:", 2, 6)]
    public void A_mistake_has_its_place_and_its_remedy(string entry, string? message, string? remedy, int column, int length)
    {
        var result = Read($"- {entry}");
        if (message is null)
        {
            Assert.NotNull(result.Config); // a comma at the end is no mistake in YAML
            return;
        }

        var problem = Sample.OnlyError(result);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        if (remedy is not null)
            Assert.Contains(remedy, problem.Remedy ?? "", StringComparison.Ordinal);
        Assert.Equal((4, column + 1, length), (problem.Span.Line, problem.Span.Column, problem.Span.Length));
    }

    [Fact]
    public void The_caret_stands_below_the_placeholder()
    {
        var shown = Read("- {run: [/bin/x, \"{name}\", \"{stat}\"]}").Render(color: false);

        Assert.Equal("""
            vigie.yaml:4:29: error: unknown placeholder '{stat}'
               4 | - {run: [/bin/x, "{name}", "{stat}"]}
                 |                             ^^^^^^
                 = did you mean '{state}'?

            """.ReplaceLineEndings("\n"), shown);
    }

    [Fact]
    public void The_same_notification_twice_is_a_mistake() => Assert.Contains(
        "stands in line 4 already", Sample.OnlyError(Read("- {run: [/bin/x]}\n- run: [/bin/x]\n  timeout: 10s")).Message, StringComparison.Ordinal);

    [Fact]
    public void More_notifications_or_arguments_than_the_limits_are_mistakes()
    {
        var many = string.Concat(Enumerable.Range(0, ConfigurationLimits.Notifications + 1).Select(i => $"- {{run: [/bin/x, '{i}']}}\n"));
        Assert.Contains("the limit is 64", Sample.OnlyError(Read(many)).Message, StringComparison.Ordinal);
        var long_ = $"- {{run: [/bin/x{string.Concat(Enumerable.Repeat(", a", ConfigurationLimits.NotifyArguments))}]}}";
        Assert.Contains("the limit is 64", Sample.OnlyError(Read(long_)).Message, StringComparison.Ordinal);
        Assert.Contains("the limit is 1024", Sample.OnlyError(Read($"- {{run: [/bin/x, {new string('a', 1025)}]}}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_is_unfit_on_this_machine_is_a_warning()
    {
        var result = ConfigurationReader.Read(
            $"{Routers}notify:\n- {{run: [/bin/x]}}\n", "vigie.yaml", "host", path => new UnfitProgram($"{path} does not exist", "install it"));

        Assert.NotNull(result.Config);
        var problem = Assert.Single(result.Problems);
        Assert.Equal(ProblemSeverity.Warning, problem.Severity);
        Assert.Equal((4, 10, 6), (problem.Span.Line, problem.Span.Column, problem.Span.Length));
        Assert.Contains("/bin/x does not exist", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reload_names_what_is_gone_and_what_is_new()
    {
        var one = Read("- {run: [/bin/x, '{name}']}\n- {run: [/bin/y]}").Config!.Notify;
        var other = Read("- {run: [/bin/y]}\n- {run: [/bin/x, '{state}'], user: daemon, on: [active], virtual_routers: [db]}").Config!.Notify;

        Assert.Equal(
            [
                new SettingChange("", "notify", "run [/bin/x, {name}] on [active, backup, fault, initialize] timeout 10s", "none"),
                new SettingChange("", "notify", "none", "run [/bin/x, {state}] virtual_routers [db] on [active] timeout 10s user daemon"),
            ],
            SettingChange.Between(one, other));
        Assert.Empty(SettingChange.Between(one, one));
        Assert.Single(SettingChange.Between(one, [one[1], one[0]]));
    }

    private static System.Collections.Immutable.ImmutableArray<NotifyConfig> Accepted(string entries)
    {
        var result = Read(entries);
        Assert.Equal("", result.Render(color: false));
        return result.Config!.Notify;
    }

    private static ConfigurationResult Read(string entries) => ConfigurationReader.Read($"{Routers}notify:\n{entries}\n", "vigie.yaml", "host");
}
