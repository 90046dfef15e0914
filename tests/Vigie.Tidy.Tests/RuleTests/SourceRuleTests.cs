using Vigie.Tidy.Tests.Repository;
using Vigie.Tidy.Tests.Rules;
using Xunit;

namespace Vigie.Tidy.Tests.RuleTests;

/// <summary>The rules about names, sizes, types and calls can fail, in each of their ways.</summary>
public sealed class SourceRuleTests
{
    [Theory]
    [InlineData("StringUtils", "Utils")]
    [InlineData("AddressHelper", "Helper")]
    [InlineData("CommonThings", "Common")]
    [InlineData("RouterManager", "Manager")]
    [InlineData("BaseRouter", "Base")]
    public void A_type_with_an_empty_name_is_found(string name, string word) =>
        Sample.Complains(NameRule.Check([Sample.Source("src/A.cs", $"class {name} {{ }}")]), $"src/A.cs:1: {name} contains {word}");

    [Theory]
    [InlineData("src/Utils/Bytes.cs")]
    [InlineData("src/Vigie.Common/Bytes.cs")]
    [InlineData("src/Helpers.cs")]
    public void A_file_or_folder_with_an_empty_name_is_found(string path) =>
        Sample.Complains(NameRule.Check([Sample.Source(path, "")]), "a file or folder is called");

    [Fact]
    public void Words_that_only_begin_alike_are_fine() =>
        Sample.Complains(NameRule.Check([Sample.Source("src/Baseline.cs", "class Baseline { } class Commonality { } class Database { }")]));

    [Fact]
    public void A_long_file_is_found_and_an_exemption_covers_it()
    {
        var file = Sample.Source("src/Long.cs", string.Concat(Enumerable.Repeat("// line\n", SizeRule.FileLines + 1)));
        Sample.Complains(SizeRule.Check([file], Sample.NoExemptions), $"src/Long.cs has {SizeRule.FileLines + 1} lines");
        Sample.Complains(SizeRule.Check([file], [new Exemption("src/Long.cs", "a table of numbers")]));
    }

    [Fact]
    public void A_file_at_the_limit_is_fine() =>
        Sample.Complains(SizeRule.Check([Sample.Source("src/A.cs", string.Concat(Enumerable.Repeat("// line\n", SizeRule.FileLines)))], Sample.NoExemptions));

    [Theory]
    [InlineData("void Long() {", "Long")]
    [InlineData("A() {", "A")]
    [InlineData("int P { get {", "P")]
    [InlineData("void Outer() { void Long() {", "Long")]
    public void A_long_function_is_found(string opening, string name)
    {
        var closing = new string('}', opening.Count(c => c == '{'));
        var text = $"class A {{ {opening}\n{string.Concat(Enumerable.Repeat(";\n", SizeRule.FunctionLines - 1))}{closing} }}";
        Assert.Contains(SizeRule.Check([Sample.Source("src/A.cs", text)], Sample.NoExemptions),
            problem => problem.Contains($"{name} has {SizeRule.FunctionLines + 1} lines", StringComparison.Ordinal));
    }

    [Fact]
    public void A_function_at_the_limit_is_fine() => Sample.Complains(SizeRule.Check(
        [Sample.Source("src/A.cs", $"class A {{ void M() {{\n{string.Concat(Enumerable.Repeat(";\n", SizeRule.FunctionLines - 2))}}} }}")], Sample.NoExemptions));

    [Fact]
    public void An_exemption_nobody_needs_and_one_without_a_reason_are_found() =>
        Sample.Complains(SizeRule.Check([], [new Exemption("src/Gone.cs", "")]), "src/Gone.cs breaks no rule any more", "states no reason");

    [Theory]
    [InlineData("class A { } class B { }")]
    [InlineData("class A { B b; } class B { }")]
    [InlineData("interface A { } class B { }")]
    [InlineData("record A; record B;")]
    [InlineData("class A { } record B;")]
    [InlineData("class A { } delegate void B();")]
    public void Two_ideas_in_one_file_are_found(string text) =>
        Sample.Complains(TypeRule.CheckOnePerFile([Sample.Source("src/A.cs", text)], Sample.NoExemptions), "declares A, B: one type per file");

    [Theory]
    [InlineData("abstract record A; sealed record B : A; sealed record C : A;")]
    [InlineData("class A { B b; } enum B { One }")]
    [InlineData("record A(B Inner); record B(int X);")]
    [InlineData("class A { class Inner { } }")]
    [InlineData("record struct ArpThing; enum ArpError { None }")]
    [InlineData("partial class A { } partial class A { }")]
    public void A_closed_family_is_fine(string text) =>
        Sample.Complains(TypeRule.CheckOnePerFile([Sample.Source(text.Contains("Arp", StringComparison.Ordinal) ? "src/ArpThing.cs" : "src/A.cs", text)], Sample.NoExemptions));

    [Fact]
    public void A_file_called_differently_from_its_type_is_found() =>
        Sample.Complains(TypeRule.CheckOnePerFile([Sample.Source("src/B.cs", "class A { }")], Sample.NoExemptions), "call the file like its type");

    [Fact]
    public void A_part_of_a_type_may_add_a_word_to_its_file_name() =>
        Sample.Complains(TypeRule.CheckOnePerFile([Sample.Source("src/A.Timers.cs", "partial class A { }")], Sample.NoExemptions));

    [Fact]
    public void A_file_that_opens_without_a_sentence_is_found()
    {
        Sample.Complains(TypeRule.CheckOpenings([Sample.Source("src/A.cs", "using System;\nclass A { /* late */ } // later")]), "src/A.cs opens without a sentence");
        Sample.Complains(TypeRule.CheckOpenings([Sample.Source("src/A.cs", "/// <summary>What it is.</summary>\nclass A { }")]));
    }

    [Fact]
    public void A_public_type_without_documentation_is_found()
    {
        Sample.Complains(TypeRule.CheckDocumented([Sample.Source("src/A.cs", "// A.\npublic class A { public enum B { } }")]),
            "public type A has no XML docs", "public type B has no XML docs");
        Sample.Complains(TypeRule.CheckDocumented([Sample.Source("src/A.cs", "/// <summary>A.</summary>\npublic class A { } class C { public class D { } }")]));
    }

    [Theory]
    [InlineData("[LibraryImport(\"libc\")] static partial int getpid();")]
    [InlineData("[System.Runtime.InteropServices.DllImport(\"libc\")] static extern int getpid();")]
    public void Native_code_outside_its_room_is_found(string member)
    {
        var text = $"class A {{ {member} }}";
        Sample.Complains(CallRule.CheckNative([Sample.Source("src/Vigie.Daemon/A.cs", text)], Sample.NoExemptions), "src/Vigie.Daemon/A.cs:1: native code outside src/Vigie.Linux");
        Sample.Complains(CallRule.CheckNative([Sample.Source("src/Vigie.Linux/A.cs", text)], Sample.NoExemptions));
    }

    [Theory]
    [InlineData("Thread.Sleep(5);")]
    [InlineData("System.Threading.Thread.Sleep(5);")]
    [InlineData("await Task.Delay(5);")]
    [InlineData("SpinWait.SpinUntil(() => done);")]
    public void A_test_that_waits_for_a_length_of_time_is_found(string statement)
    {
        var file = Sample.Source("tests/A.cs", $"class A {{ async void M() {{ {statement} }} }}");
        Sample.Complains(CallRule.CheckWaits([file], Sample.NoExemptions), "wait on a condition with a deadline instead");
        Sample.Complains(CallRule.CheckWaits([file], [new Exemption("tests/A.cs", "the pause is what is tested")]));
    }

    [Theory]
    [InlineData("// TO" + "DO: later")]
    [InlineData("class A { void M() => throw new NotImplemented" + "Exception(); }")]
    public void Unfinished_work_is_found(string text) =>
        Sample.Complains(UnfinishedRule.Check([Sample.Source("src/A.cs", text)]), "src/A.cs:1: unfinished");

    [Fact]
    public void A_file_is_read_with_the_language_of_the_project()
    {
        foreach (SourceFile file in RepositoryFiles.Sources)
            Assert.DoesNotContain(file.Root.GetDiagnostics(), diagnostic => diagnostic.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error);
    }
}
