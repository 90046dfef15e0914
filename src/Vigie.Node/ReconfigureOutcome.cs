namespace Vigie.Node;

/// <summary>What a new configuration changed, by the names of virtual routers.</summary>
public sealed class ReconfigureOutcome
{
    /// <summary>New ones.</summary>
    public List<string> Added { get; } = [];

    /// <summary>Those that are gone. One whose identity changed stands here and in <see cref="Added"/>.</summary>
    public List<string> Removed { get; } = [];

    /// <summary>Those that go on with other settings.</summary>
    public List<string> Changed { get; } = [];
}
