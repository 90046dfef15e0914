using Xunit;

namespace Vigie.Configuration.Tests;

/// <summary>How problems look.</summary>
public sealed class ProblemRendererTests
{
    [Fact]
    public void A_problem_shows_its_place_its_line_a_caret_and_the_remedy() =>
        Assert.Equal(
            """
            vigie.yaml:2:3: error: unknown key 'priorty'
               2 |   priorty: 150
                 |   ^^^^^^^
                 = did you mean 'priority'?

            """,
            Render("a: 1\n  priorty: 150\n", new(ProblemSeverity.Error, new(2, 3, 7), "unknown key 'priorty'", "did you mean 'priority'?")));

    [Fact]
    public void A_problem_of_the_whole_file_shows_no_line() =>
        Assert.Equal("vigie.yaml: warning: odd\n = look\n", Render("a: 1\n", new(ProblemSeverity.Warning, TextSpan.WholeFile, "odd", "look")));

    [Fact]
    public void The_caret_stands_below_its_character_after_tabs() =>
        Assert.Equal("vigie.yaml:1:4: error: m\n   1 |     x    y z\n     |          ^\n", Render("\tx\ty z", new(ProblemSeverity.Error, new(1, 4, 1), "m", null)));

    [Fact]
    public void What_a_terminal_would_obey_is_not_shown() =>
        Assert.DoesNotContain('\e', Render("a: \e[31mred\n", new(ProblemSeverity.Error, new(1, 4, 3), "m", null)));

    [Fact]
    public void A_long_line_is_cut_around_the_caret()
    {
        var line = new string('a', 1000) + "MISTAKE" + new string('b', 1000);

        var shown = Render(line, new(ProblemSeverity.Error, new(1, 1001, 7), "m", null)).Split('\n');

        Assert.True(shown[1].Length < 140);
        Assert.Equal("MISTAKE", shown[1][shown[2].IndexOf('^', StringComparison.Ordinal)..][..7]);
        Assert.Equal(7, shown[2].Count(character => character == '^'));
        Assert.Contains("...aaa", shown[1], StringComparison.Ordinal);
        Assert.EndsWith("bbb...", shown[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_end_of_the_file_is_named() =>
        Assert.Contains("   2 | (end of file)\n     | ^\n", Render("a: [\n", new(ProblemSeverity.Error, new(2, 1, 1), "m", null)), StringComparison.Ordinal);

    [Fact]
    public void Colour_adds_nothing_but_colour()
    {
        var problem = new ConfigurationProblem(ProblemSeverity.Error, new(1, 1, 1), "m", "r");

        var colored = ProblemRenderer.Render([problem], "a: 1\n", "vigie.yaml", color: true);

        Assert.Contains("\e[1;31merror:\e[0m", colored, StringComparison.Ordinal);
        Assert.Equal(Render("a: 1\n", problem), System.Text.RegularExpressions.Regex.Replace(colored, "\e\\[[0-9;]*m", ""));
    }

    private static string Render(string text, ConfigurationProblem problem) =>
        ProblemRenderer.Render([problem], text, "vigie.yaml", color: false);
}
