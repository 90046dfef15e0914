namespace Vigie.Contract;

/// <summary>Which Vigie answers.</summary>
public sealed record VersionDocument
{
    public required string Version { get; init; }
}
