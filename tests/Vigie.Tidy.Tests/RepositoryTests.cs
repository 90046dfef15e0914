using System.Xml.Linq;
using Vigie.Tidy.Tests.Allowed;
using Vigie.Tidy.Tests.Repository;
using Vigie.Tidy.Tests.Rules;
using Xunit;

namespace Vigie.Tidy.Tests;

/// <summary>The rules of the house, held against this repository. That each can fail is shown in the tests beside.</summary>
public sealed class RepositoryTests
{
    private static IReadOnlyList<TextFile> Projects { get; } = [.. RepositoryFiles.Ending(".csproj")];

    private static IReadOnlyList<Reference> References { get; } = [.. Projects.SelectMany(ReferenceRule.Read)];

    [Fact]
    public void Every_reference_between_projects_is_allowed_and_every_allowed_one_is_used() =>
        Holds(ReferenceRule.Check(References, AllowedReferences.All));

    [Fact]
    public void No_room_reaches_a_room_it_must_not_see() => Holds(ReferenceRule.CheckReach(References, AllowedReferences.Never));

    [Fact]
    public void Names_say_what_a_thing_does() => Holds(NameRule.Check(RepositoryFiles.Sources));

    [Fact]
    public void Files_and_functions_stay_short_or_say_why_not() => Holds(SizeRule.Check(RepositoryFiles.Sources, AllowedSizes.All));

    [Fact]
    public void A_file_holds_one_type_or_a_closed_family() => Holds(TypeRule.CheckOnePerFile(RepositoryFiles.Sources, AllowedFamilies.All));

    [Fact]
    public void A_file_opens_with_what_it_is() => Holds(TypeRule.CheckOpenings(RepositoryFiles.Sources));

    [Fact]
    public void Public_types_of_Core_have_documentation() => Holds(TypeRule.CheckDocumented(
        RepositoryFiles.Sources.Where(file => file.Path.StartsWith("src/Vigie.Core/", StringComparison.Ordinal))));

    [Fact]
    public void Only_the_Linux_room_calls_native_code() => Holds(CallRule.CheckNative(RepositoryFiles.Sources, AllowedNative.All));

    [Fact]
    public void Nothing_is_left_unfinished_in_a_comment_or_a_stub() => Holds(UnfinishedRule.Check(RepositoryFiles.Sources));

    [Fact]
    public void Tests_do_not_sleep() => Holds(CallRule.CheckWaits(
        RepositoryFiles.Sources.Where(file => file.Path.StartsWith("tests/", StringComparison.Ordinal)), AllowedWaits.All));

    [Fact]
    public void Nothing_names_a_folder_or_host_of_one_machine() => Holds(PrivateDataRule.Check(RepositoryFiles.Texts, AllowedHosts.All));

    [Fact]
    public void Documents_name_only_what_exists()
    {
        var symbols = new SymbolIndex(RepositoryFiles.Sources);
        var foreign = References.Select(reference => reference.To).Where(name => !name.StartsWith("Vigie", StringComparison.Ordinal))
            .Concat(["System", "Microsoft"])
            .Concat(Projects.Select(project => Path.GetFileNameWithoutExtension(project.Path)))
            .Concat(PropertyNames()).ToHashSet();
        var documents = RepositoryFiles.Ending(".md").ToList();
        Assert.NotEmpty(documents);
        Holds([.. documents.SelectMany(document => DocumentRule.Check(document, RepositoryFiles.Paths, symbols, foreign))]);
    }

    [Fact]
    public void Every_clause_of_the_RFCs_is_shown_by_a_test_or_says_why_not() =>
        Holds(ConformanceRule.Check(RepositoryFiles.Text("docs/conformance.md"), RepositoryFiles.Sources));

    [Fact]
    public void Decisions_are_numbered_and_listed() => Holds(DecisionRule.Check(
        RepositoryFiles.Paths.Where(path => path.StartsWith("docs/decisions/", StringComparison.Ordinal)).Select(path => Path.GetFileName(path)),
        RepositoryFiles.Text("docs/decisions/README.md")));

    [Fact]
    public void Every_project_is_in_the_solution() =>
        Holds(ProjectRule.CheckSolution([.. Projects.Select(project => project.Path)], RepositoryFiles.Text("Vigie.slnx").Text));

    [Fact]
    public void Every_test_project_is_a_suite_of_the_test_script() =>
        Holds(ProjectRule.CheckSuites(Projects, RepositoryFiles.Text("test.sh")));

    [Fact]
    public void Every_project_has_its_lock_file() =>
        Holds(ProjectRule.CheckLocks(Projects.Select(project => project.Path), [.. RepositoryFiles.Paths]));

    [Fact]
    public void Core_and_Node_are_compiled_against_the_banned_symbols() => Holds(ProjectRule.CheckBanned(Projects));

    // RestoreLockedMode and the like: what the build files set.
    private static IEnumerable<string> PropertyNames() =>
        RepositoryFiles.Ending(".props").Concat(Projects).SelectMany(file => XDocument.Parse(file.Text).Descendants()).Select(element => element.Name.LocalName);

    private static void Holds(IReadOnlyList<string> problems) =>
        Assert.True(problems.Count == 0, $"{problems.Count} found:\n{string.Join('\n', problems)}");
}
