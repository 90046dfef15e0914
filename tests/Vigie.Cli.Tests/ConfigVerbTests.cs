using Vigie.Configuration;
using Vigie.Contract;
using Xunit;

namespace Vigie.Cli.Tests;

/// <summary><c>vigie config check</c> and <c>vigie config schema</c>.</summary>
public sealed class ConfigVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vigie-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_right_configuration_is_summarized()
    {
        var file = Write("""
            virtual_routers:
              - {name: db, vrid: 51, interface: nonexistent0, addresses: [10.77.0.100/24, "fd77::100/64"]}
              - {name: web, vrid: 52, interface: nonexistent0, addresses: [10.77.0.1, 10.77.0.2, 10.77.0.3, 10.77.0.4, 10.77.0.5, 10.77.0.6], priority: owner}
            """);

        Assert.Equal(
            new CommandRun(
                ExitCode.Ok,
                $"""
                {file}: no errors; node host, 2 virtual routers
                  db: vrid 51 on nonexistent0, priority 100, 10.77.0.100/24 fd77::100/64
                  web: vrid 52 on nonexistent0, owner, 10.77.0.1/32 10.77.0.2/32 10.77.0.3/32 10.77.0.4/32 and 2 more

                """,
                ""),
            CommandRun.Of("config", "check", file));
    }

    [Fact]
    public void Notifications_are_summarized_and_a_program_that_is_unfit_here_is_a_warning()
    {
        var file = Write("""
            virtual_routers:
              - {name: db, vrid: 51, interface: eth0, addresses: [10.77.0.100/24]}
            notify:
              - {run: [/opt/on-change, "{name}"], on: [active], user: nobody}
            """);

        Assert.Equal(
            new CommandRun(
                ExitCode.Ok,
                $"""
                {file}: no errors, 1 warning; node host, 1 virtual router
                  db: vrid 51 on eth0, priority 100, 10.77.0.100/24
                  notify: run [/opt/on-change, {"{name}"}] on [active] timeout 10s user nobody

                """,
                $"""
                {file}:4:12: warning: on this machine /opt/on-change is not there: the notification would fail
                   4 |   - {"{"}run: [/opt/on-change, "{"{name}"}"], on: [active], user: nobody{"}"}
                     |            ^^^^^^^^^^^^^^
                     = install it

                """),
            CommandRun.With(context => context with { CheckProgram = path => new UnfitProgram($"{path} is not there", "install it") }, "config", "check", file));
    }

    [Fact]
    public void Every_problem_of_a_wrong_one_is_shown()
    {
        var file = Write("""
            virtual_routers:
              - name: db
                vird: 51
                interface: eth0
                addresses: [10.77.0.100/24]
                priority: 255
                authentication: {password: secret}
            """);

        Assert.Equal(
            new CommandRun(
                ExitCode.Configuration,
                "",
                $"""
                {file}:3:5: error: unknown key 'vird'
                   3 |     vird: 51
                     |     ^^^^
                     = did you mean 'vrid'?
                {file}:6:15: error: priority 255 belongs to the address owner, whose own real addresses these are (RFC 9568 5.2.4)
                   6 |     priority: 255
                     |               ^^^
                     = write owner if that is meant, else at most 254
                {file}:7:5: warning: 'authentication' has no effect: version 3 has none (RFC 9568 9)
                   7 |     authentication: password: secret
                     |     ^^^^^^^^^^^^^^
                     = remove it, or use version: 2
                {file}: 2 errors, 1 warning

                """.Replace("authentication: password: secret", "authentication: {password: secret}", StringComparison.Ordinal)),
            CommandRun.Of("config", "check", file));
    }

    [Fact]
    public void A_warning_does_not_fail_the_check()
    {
        var run = CommandRun.Of("config", "check", Write("virtual_routers: []\n"));

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("warning: there is no virtual router", run.Error, StringComparison.Ordinal);
        Assert.EndsWith(": no errors, 1 warning; node host, 0 virtual routers\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_a_configuration_error() =>
        Assert.Equal(
            new CommandRun(ExitCode.Configuration, "", $"{_folder}/no: error: there is no such file\n = check the path\n{_folder}/no: 1 error\n"),
            CommandRun.Of("config", "check", $"{_folder}/no"));

    [Fact]
    public void The_schema_is_printed() =>
        Assert.Equal(new CommandRun(ExitCode.Ok, ConfigurationSchema.Json, ""), CommandRun.Of("config", "schema"));

    private string Write(string text)
    {
        var path = Path.Combine(_folder, "vigie.yaml");
        File.WriteAllText(path, text);
        return path;
    }
}
