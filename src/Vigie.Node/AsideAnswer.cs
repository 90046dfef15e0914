namespace Vigie.Node;

/// <summary>What became of an operator's wish to move a role.</summary>
public enum AsideAnswer : byte
{
    /// <summary>It is done, or under way.</summary>
    Done = 1,

    /// <summary>No virtual router has this name.</summary>
    Unknown,

    /// <summary>It is not Active here.</summary>
    NotActive,

    /// <summary>It was not moved away.</summary>
    NotAside,

    /// <summary>The host is drained, which goes further.</summary>
    Drained,
}
