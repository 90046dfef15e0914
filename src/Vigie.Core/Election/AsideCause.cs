namespace Vigie.Core.Election;

/// <summary>Why an operator keeps a virtual router of this host from taking the role.</summary>
public enum AsideCause : byte
{
    /// <summary>It does not: the election decides alone.</summary>
    None = 0,

    /// <summary>The role was moved away: not taken from a working Active, until that one fails or resigns.</summary>
    Switchover,

    /// <summary>The host is drained: the role is not taken at all.</summary>
    Drain,
}
