namespace Vigie.Core.Configuration;

/// <summary>What is wrong with a template, and where in its text.</summary>
/// <param name="Index">The first character concerned.</param>
/// <param name="Length">How many.</param>
/// <param name="Placeholder">The unknown name between the braces; null when a brace has no partner.</param>
public readonly record struct TemplateFault(int Index, int Length, string? Placeholder);
