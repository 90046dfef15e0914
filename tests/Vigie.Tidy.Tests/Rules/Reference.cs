namespace Vigie.Tidy.Tests.Rules;

/// <summary>One project uses another, a package or a shared framework.</summary>
public readonly record struct Reference(string From, string To);
