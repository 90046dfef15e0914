using Vigie.Tidy.Tests.Rules;
using Xunit;

namespace Vigie.Tidy.Tests.RuleTests;

/// <summary>The rules about projects and about what must not be committed can fail, in each of their ways.</summary>
public sealed class ProjectRuleTests
{
    [Fact]
    public void A_project_outside_the_solution_and_a_project_that_is_gone_are_found() =>
        Sample.Complains(ProjectRule.CheckSolution(["src/A/A.csproj"], "<Project Path=\"src/B/B.csproj\" />"),
            "src/A/A.csproj is not in Vigie.slnx", "names src/B/B.csproj, which does not exist");

    [Fact]
    public void A_test_project_that_is_no_suite_and_a_suite_that_is_no_project_are_found()
    {
        var project = Sample.Text("tests/A/A.csproj", "<PackageReference Include=\"xunit.v3\" />");
        var console = Sample.Text("tests/C/C.csproj", "<PackageReference Include=\"SharpFuzz\" />");
        Sample.Complains(ProjectRule.CheckSuites([project, console], Sample.Text("test.sh", "# name | project | limit | quick | needs\nb | tests/B | 10 | |\n")),
            "tests/A is no suite", "lists tests/B, which is no test project");
        Sample.Complains(ProjectRule.CheckSuites([project, console], Sample.Text("test.sh", "a | tests/A | 10 | quick | lab\n")));
    }

    [Fact]
    public void A_missing_lock_file_is_found() =>
        Sample.Complains(ProjectRule.CheckLocks(["src/A/A.csproj", "src/B/B.csproj"], ["src/B/packages.lock.json"]), "src/A/packages.lock.json is missing");

    [Fact]
    public void A_pure_room_without_the_banned_symbols_is_found() =>
        Sample.Complains(ProjectRule.CheckBanned([Sample.Text("src/Vigie.Core/Vigie.Core.csproj", "<Project />"), Sample.Text("src/A/A.csproj", "<Project />")]),
            "src/Vigie.Core/Vigie.Core.csproj does not compile against");

    [Theory]
    [InlineData("see /wo" + "rk/notes", "docs/a.md:1: /wo" + "rk/ is a folder of one machine")]
    [InlineData("cd /ho" + "me/me", "/ho" + "me/ is a folder of one machine")]
    [InlineData("https:" + "//registry.internal/v3/index.json", "host registry.internal is not among those")]
    public void A_folder_or_host_of_one_machine_is_found(string line, string part) =>
        Sample.Complains(PrivateDataRule.Check([Sample.Text("docs/a.md", line)], Sample.NoExemptions), part);

    [Fact]
    public void A_listed_host_and_a_folder_of_the_repository_are_fine() =>
        Sample.Complains(PrivateDataRule.Check([Sample.Text("docs/a.md", "src/wo" + "rk/x https:" + "//registry.internal/a")], [new Exemption("registry.internal", "a made-up host")]));
}
