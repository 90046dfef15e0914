using System.Collections.Immutable;
using Vigie.Core.Configuration;

namespace Vigie.Configuration;

/// <summary>A configuration that was read, or everything that is wrong with it.</summary>
/// <param name="Config">The configuration, or null when there is at least one error.</param>
/// <param name="Problems">Errors and warnings in the order of the file.</param>
/// <param name="FileName">The name to show in front of problems.</param>
/// <param name="Text">The text that was read, for showing source lines.</param>
public sealed record ConfigurationResult(
    NodeConfig? Config, ImmutableArray<ConfigurationProblem> Problems, string FileName, string Text)
{
    public int ErrorCount => Problems.Count(problem => problem.Severity == ProblemSeverity.Error);

    public int WarningCount => Problems.Count(problem => problem.Severity == ProblemSeverity.Warning);

    /// <summary>Every problem with its source line; empty when there is none.</summary>
    /// <param name="color">Whether to colour the text for a terminal.</param>
    public string Render(bool color) => ProblemRenderer.Render(Problems, Text, FileName, color);

    /// <summary>One string per problem, each with its source line and without colour.</summary>
    public IReadOnlyList<string> RenderEach() =>
        [.. Problems.Select(problem => ProblemRenderer.Render([problem], Text, FileName, color: false).TrimEnd('\n'))];
}
