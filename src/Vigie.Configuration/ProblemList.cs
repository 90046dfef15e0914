using System.Collections.Immutable;

namespace Vigie.Configuration;

/// <summary>Collects problems up to a limit, so that one reading reports all of them.</summary>
internal sealed class ProblemList
{
    private readonly List<ConfigurationProblem> _problems = [];
    private int _leftOut;

    public bool HasErrors { get; private set; }

    /// <summary>Further problems are only counted.</summary>
    public bool IsFull => _problems.Count >= ConfigurationLimits.Problems;

    public void Error(TextSpan span, string message, string? remedy = null)
    {
        HasErrors = true;
        Add(new(ProblemSeverity.Error, span, message, remedy));
    }

    public void Warning(TextSpan span, string message, string? remedy = null) =>
        Add(new(ProblemSeverity.Warning, span, message, remedy));

    /// <summary>All problems in the order of the file.</summary>
    public ImmutableArray<ConfigurationProblem> ToImmutable()
    {
        var sorted = _problems.OrderBy(problem => problem.Span).ToImmutableArray();
        return _leftOut == 0
            ? sorted
            : sorted.Add(new(ProblemSeverity.Error, TextSpan.WholeFile,
                $"{_leftOut} more problems are not shown (limit: {ConfigurationLimits.Problems})", "repair the ones above and check again"));
    }

    private void Add(ConfigurationProblem problem)
    {
        if (!IsFull)
            _problems.Add(problem);
        else
            _leftOut++;
    }
}
