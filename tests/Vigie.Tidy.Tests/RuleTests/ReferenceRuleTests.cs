using Vigie.Tidy.Tests.Rules;
using Xunit;

namespace Vigie.Tidy.Tests.RuleTests;

/// <summary>The reference rule can fail, in each of its ways.</summary>
public sealed class ReferenceRuleTests
{
    private static readonly AllowedReference NodeUsesCore = new("Vigie.Node", "Vigie.Core", "runs its machines");

    [Fact]
    public void Reads_projects_packages_and_frameworks()
    {
        var project = Sample.Text("src/Vigie.Node/Vigie.Node.csproj",
            """
            <Project><ItemGroup>
              <ProjectReference Include="../Vigie.Core/Vigie.Core.csproj" />
              <PackageReference Include="YamlDotNet" />
              <FrameworkReference Include="Microsoft.AspNetCore.App" />
            </ItemGroup></Project>
            """);
        Assert.Equal(
            [new("Vigie.Node", "Vigie.Core"), new("Vigie.Node", "YamlDotNet"), new Reference("Vigie.Node", "Microsoft.AspNetCore.App")],
            ReferenceRule.Read(project));
    }

    [Fact]
    public void Accepts_what_is_allowed_and_used() =>
        Sample.Complains(ReferenceRule.Check([NodeUsesCore.Pair], [NodeUsesCore]));

    [Fact]
    public void An_undeclared_reference_is_found_and_the_message_says_where_to_add_it() =>
        Sample.Complains(ReferenceRule.Check([NodeUsesCore.Pair, new("Vigie.Node", "Vigie.Linux")], [NodeUsesCore]),
            "Vigie.Node uses Vigie.Linux, which nobody allowed: remove the reference, or add it with its reason to tests/Vigie.Tidy.Tests/Allowed/AllowedReferences.cs");

    [Fact]
    public void An_allowed_reference_nobody_uses_is_found() =>
        Sample.Complains(ReferenceRule.Check([], [NodeUsesCore]), "Vigie.Node no longer uses Vigie.Core");

    [Fact]
    public void A_reference_without_a_reason_is_found() =>
        Sample.Complains(ReferenceRule.Check([NodeUsesCore.Pair], [NodeUsesCore with { Reason = "needed" }]), "states no reason");

    [Fact]
    public void A_reference_allowed_twice_is_found() =>
        Sample.Complains(ReferenceRule.Check([NodeUsesCore.Pair], [NodeUsesCore, NodeUsesCore]), "allowed twice");

    [Fact]
    public void A_forbidden_room_is_found_behind_a_third_one()
    {
        Reference[] arrows = [new("Simulation", "Node"), new("Node", "Core"), new("Node", "Linux"), new("Linux", "Node")];
        Sample.Complains(ReferenceRule.CheckReach(arrows, [new("Simulation", "Linux"), new("Core", "Node")]), "Simulation reaches Linux");
    }
}
