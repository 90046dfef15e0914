using Vigie.Core.Configuration;

namespace Vigie.Node;

/// <summary>What a new configuration changes, by the names of virtual routers: the plan and the deed are the same record.</summary>
public sealed class ReconfigureOutcome
{
    /// <summary>New ones.</summary>
    public List<string> Added { get; } = [];

    /// <summary>Those that are gone. One whose identity changed stands here and in <see cref="Added"/>.</summary>
    public List<string> Removed { get; } = [];

    /// <summary>Those that go on with other settings.</summary>
    public List<string> Changed { get; } = [];

    /// <summary>Those that do not notice.</summary>
    public List<string> Unchanged { get; } = [];

    /// <summary>Active ones whose role this host gives up for certain: they are removed or begin anew.</summary>
    public List<string> Moves { get; } = [];

    /// <summary>Those whose role may move, depending on the priorities of other hosts.</summary>
    public List<string> MayMove { get; } = [];

    /// <summary>Every setting that differs, of routers that keep their name and of the host.</summary>
    public List<SettingChange> Settings { get; } = [];
}
