namespace Vigie.Contract;

/// <summary>The body of every answer that is not a success.</summary>
public sealed record ErrorDocument
{
    public required ErrorDetail Error { get; init; }
}

/// <summary>What went wrong and what to do about it.</summary>
public sealed record ErrorDetail
{
    /// <summary>One of <see cref="ErrorCodes"/>.</summary>
    public required string Code { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>What the operator can do, or null.</summary>
    public string? Remedy { get; init; }

    /// <summary>More lines, for example one per problem of a configuration.</summary>
    public IReadOnlyList<string> Details { get; init => field = value ?? []; } = [];
}
