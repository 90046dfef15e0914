namespace Vigie.Node.Messages;

/// <summary>What an operator may want of this host's roles.</summary>
public enum AsideWish : byte
{
    /// <summary>Another host is to have the role.</summary>
    Switchover = 1,

    /// <summary>This host is to have it again, if it is the fittest.</summary>
    Failback,

    /// <summary>This host is to stay out of every election.</summary>
    Drain,

    /// <summary>It is to take part again.</summary>
    Undrain,
}
