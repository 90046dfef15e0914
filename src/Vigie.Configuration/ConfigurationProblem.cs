namespace Vigie.Configuration;

/// <summary>Whether a problem keeps the configuration from being used.</summary>
public enum ProblemSeverity
{
    /// <summary>The configuration works, but probably not as its author thinks.</summary>
    Warning,

    /// <summary>The configuration cannot be used.</summary>
    Error,
}

/// <summary>One thing that is wrong with a configuration.</summary>
/// <param name="Severity">Whether it keeps the configuration from being used.</param>
/// <param name="Span">Where it is.</param>
/// <param name="Message">What is wrong and, where a rule is broken, why the rule exists.</param>
/// <param name="Remedy">What to write instead, or null when the message already says it.</param>
public sealed record ConfigurationProblem(ProblemSeverity Severity, TextSpan Span, string Message, string? Remedy);
