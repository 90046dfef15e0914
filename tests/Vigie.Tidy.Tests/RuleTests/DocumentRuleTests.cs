using Vigie.Tidy.Tests.Repository;
using Vigie.Tidy.Tests.Rules;
using Xunit;

namespace Vigie.Tidy.Tests.RuleTests;

/// <summary>The rules about documents can fail, in each of their ways.</summary>
public sealed class DocumentRuleTests
{
    private static readonly string[] Paths = ["src/Vigie.Core/Election/VirtualRouter.cs", "docs/status.md", "test.sh", ".ci/run"];
    private static readonly SymbolIndex Symbols = new([Sample.Source("src/A.cs",
        "namespace Vigie.Core.Election; public class VirtualRouter { public void OnDeadline() { } public int Step; } enum RouterState { Active } record Claim(int Count);")]);

    [Theory]
    [InlineData("`src/Vigie.Core/Gone.cs`")]
    [InlineData("`docs/gone/`")]
    [InlineData("`Gone.cs`")]
    [InlineData("`./gone.sh --keep`")]
    [InlineData("`VirtualRouter.OnGone`")]
    [InlineData("`RouterState.Gone`")]
    [InlineData("`Vigie.Core.Gone`")]
    [InlineData("`Gone.OnDeadline`")]
    [InlineData("`GoneLoop`")]
    public void A_name_of_something_that_does_not_exist_is_found(string token) =>
        Sample.Complains(Check($"See {token} for it."), $"docs/a.md:1: {token} does not exist");

    [Theory]
    [InlineData("`src/Vigie.Core/Election/VirtualRouter.cs`")]
    [InlineData("`src/Vigie.Core/`")]
    [InlineData("`VirtualRouter.cs`")]
    [InlineData("`./test.sh quick`")]
    [InlineData("`.ci/run`")]
    [InlineData("`VirtualRouter`")]
    [InlineData("`VirtualRouter.OnDeadline(now)`")]
    [InlineData("`RouterState.Active`")]
    [InlineData("`Claim.Count`")]
    [InlineData("`Vigie.Core`")]
    [InlineData("`Vigie.Core.Election.VirtualRouter`")]
    [InlineData("`YamlDotNet`")]
    [InlineData("`System.Threading.Timer`")]
    [InlineData("`/etc/vigie/vigie.yaml`")]
    [InlineData("`vigie run --config FILE`")]
    [InlineData("`SIGTERM`")]
    [InlineData("[status](status.md), [script](../test.sh), [far](https://example.org/x), [here](#top)")]
    public void A_name_of_something_that_exists_is_fine(string text) => Sample.Complains(Check(text));

    [Fact]
    public void A_link_that_leads_nowhere_is_found() => Sample.Complains(Check("one\n[two](gone.md#part)"), "docs/a.md:2: link to gone.md leads nowhere");

    [Fact]
    public void Fenced_code_is_not_looked_at() => Sample.Complains(Check("```yaml\n`GoneLoop`\n```\n`GoneLoop`"), "docs/a.md:4");

    [Theory]
    [InlineData(new[] { "0001-first.md", "0003-third.md" }, "should have number 0002")]
    [InlineData(new[] { "0001-first.md", "second.md" }, "is not called NNNN")]
    [InlineData(new[] { "0001-first.md", "0001-third.md" }, "should have number 0002")]
    public void Misnumbered_decisions_are_found(string[] names, string part) =>
        Sample.Complains(DecisionRule.Check(names, Sample.Text("docs/decisions/README.md", "[a](0001-first.md) [b](0003-third.md) [c](second.md) [d](0001-third.md)")), part);

    [Fact]
    public void A_decision_nobody_links_is_found() =>
        Sample.Complains(DecisionRule.Check(["README.md", "0001-first.md"], Sample.Text("docs/decisions/README.md", "")), "does not link 0001-first.md");

    private static IReadOnlyList<string> Check(string text) =>
        DocumentRule.Check(Sample.Text("docs/a.md", text), Paths, Symbols, ["System", "YamlDotNet"]);
}
