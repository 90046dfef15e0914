namespace Vigie.Tidy.Tests.Rules;

/// <summary>A reference somebody has thought about, and why it is there.</summary>
public sealed record AllowedReference(string From, string To, string Reason)
{
    public Reference Pair => new(From, To);
}
