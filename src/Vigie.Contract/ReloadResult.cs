namespace Vigie.Contract;

/// <summary>What a reload of the configuration did, or with <see cref="Planned"/> what it would do.</summary>
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

    /// <summary>True when only the plan was asked for: nothing was done.</summary>
    public bool Planned { get; init; }

    /// <summary>Names of virtual routers that do not notice: state, timers and counters go on.</summary>
    public IReadOnlyList<string> Unchanged { get; init => field = value ?? []; } = [];

    /// <summary>Every setting that differs, old and new.</summary>
    public IReadOnlyList<SettingChangeDocument> Settings { get; init => field = value ?? []; } = [];

    /// <summary>Names of virtual routers whose role may move, depending on the priorities of the other hosts.</summary>
    public IReadOnlyList<string> MayMove { get; init => field = value ?? []; } = [];

    /// <summary>How many names and settings were too many for the answer; 0 as a rule.</summary>
    public int LeftOut { get; init; }

    /// <summary>Names of Active virtual routers whose role this host gives up because of this reload; null when not known.</summary>
    public IReadOnlyList<string>? Moves { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Message { get; init; }
}

/// <summary>One setting that a reload changes, in the words of the file. Passwords are never shown.</summary>
public sealed record SettingChangeDocument
{
    /// <summary>The virtual router, or empty for a setting of the whole host.</summary>
    public required string Router { get; init; }

    /// <summary>The key of the file.</summary>
    public required string Key { get; init; }

    public required string Old { get; init; }

    public required string New { get; init; }
}
