namespace Vigie.Contract;

/// <summary>What became of a switchover, failback, drain or undrain.</summary>
public sealed record AsideResult
{
    /// <summary>One sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>Names of virtual routers that other hosts own now.</summary>
    public IReadOnlyList<string> Moved { get; init => field = value ?? []; } = [];

    /// <summary>Names of virtual routers that nobody took over, so that this host keeps them.</summary>
    public IReadOnlyList<string> Kept { get; init => field = value ?? []; } = [];
}
