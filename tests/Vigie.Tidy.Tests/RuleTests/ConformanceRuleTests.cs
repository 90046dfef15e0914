using Vigie.Tidy.Tests.Rules;
using Xunit;

namespace Vigie.Tidy.Tests.RuleTests;

/// <summary>The rule about the conformance page can fail, in each of its ways.</summary>
public sealed class ConformanceRuleTests
{
    private const string Named = "| 5.1-1 | a | `A.B` | `Rfc9568Tests.One`, `OtherTests.Two` |";

    [Fact]
    public void A_page_that_names_every_test_and_shows_every_clause_is_fine() =>
        Sample.Complains(Check($"{Named}\n| 5.1-2 | b | | not done: it is outside |\n| 5.1-3 | c | | kernel |"));

    [Fact]
    public void A_clause_without_a_test_or_a_reason_is_found() =>
        Sample.Complains(
            Check($"{Named}\n| 5.1-2 | b | `A.B` | |\n| 5.1-3 | b | `A.B` | `OtherTests.Gone` |"),
            "docs/c.md:3: neither a test nor a reason for clause 5.1-2", "docs/c.md:4: neither a test nor a reason for clause 5.1-3");

    [Fact]
    public void A_method_that_is_no_test_shows_nothing() =>
        Sample.Complains(Check($"{Named}\n| 5.1-2 | b | `A.B` | `OtherTests.Help` |"), "docs/c.md:3: neither");

    [Fact]
    public void A_clause_that_stands_there_twice_is_found_unless_it_is_of_another_RFC()
    {
        Sample.Complains(Check($"{Named}\n{Named}"), "docs/c.md:3: clause 5.1-1 stands there twice");
        Sample.Complains(Check($"{Named}\n## RFC 3768\n{Named}"));
    }

    [Fact]
    public void A_row_with_a_cell_too_few_is_found() =>
        Sample.Complains(Check($"{Named}\n| 5.1-2 | kernel | kernel |"), "docs/c.md:3: 3 cells");

    [Fact]
    public void A_conformance_test_that_is_not_named_is_found() =>
        Sample.Complains(Check("| 5.1-1 | a | | kernel |"), "docs/c.md does not name Rfc9568Tests.One");

    [Fact]
    public void A_page_whose_tables_are_not_recognised_is_found() =>
        Sample.Complains(Check("`Rfc9568Tests.One`"), "docs/c.md holds no clause");

    private static IReadOnlyList<string> Check(string rows) => ConformanceRule.Check(
        Sample.Text("docs/c.md", $"## RFC 9568\n{rows}"),
        [Sample.Source("tests/A.cs",
            "class Rfc9568Tests { [Fact] void One() { } } class OtherTests { [Theory] [InlineData(1)] void Two(int x) { } void Help() { } }")]);
}
