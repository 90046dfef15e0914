namespace Vigie.Core.Configuration;

/// <summary>What stands in braces in an argument of a notification, by the name it has there.</summary>
public enum NotifyPlaceholder
{
    /// <summary>The virtual router.</summary>
    Name,

    /// <summary>The state that it is in now.</summary>
    State,

    /// <summary>The state that the script was last in a position to hear of.</summary>
    Previous,

    /// <summary>Why, as a word.</summary>
    Reason,

    /// <summary>The host's name in its configuration.</summary>
    Node,

    Vrid,

    Interface,

    /// <summary>The virtual addresses with their prefix lengths, a space between two.</summary>
    Addresses,
}
