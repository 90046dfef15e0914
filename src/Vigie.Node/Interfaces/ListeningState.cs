namespace Vigie.Node.Interfaces;

/// <summary>What is known of listening to one family on one interface.</summary>
/// <param name="IsKnown">The kernel has answered since it was last asked to begin.</param>
/// <param name="Error">0, or why not everything is heard.</param>
/// <param name="GroupOnly">Only what goes to the multicast group is not heard.</param>
internal readonly record struct ListeningState(bool IsKnown, int Error, bool GroupOnly)
{
    public static ListeningState Unknown => default;

    /// <summary>Whether a virtual router that hears its peers by unicast, or by multicast, is deaf.</summary>
    public bool IsDeaf(bool unicast) => Error != 0 && !(GroupOnly && unicast);
}
