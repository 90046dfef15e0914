namespace Vigie.Contract;

/// <summary>What a reload of the configuration did.</summary>
public sealed record ReloadResult
{
    /// <summary>False when the file says what was already running.</summary>
    public required bool Changed { get; init; }

    /// <summary>Names of new virtual routers.</summary>
    public IReadOnlyList<string> Added { get; init => field = value ?? []; } = [];

    /// <summary>Names of virtual routers that are gone.</summary>
    public IReadOnlyList<string> Removed { get; init => field = value ?? []; } = [];

    /// <summary>Names of virtual routers whose settings changed.</summary>
    public IReadOnlyList<string> ChangedRouters { get; init => field = value ?? []; } = [];

    /// <summary>Names of Active virtual routers whose addresses move to another host because of this reload; null when not known.</summary>
    public IReadOnlyList<string>? Moves { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Message { get; init; }
}
