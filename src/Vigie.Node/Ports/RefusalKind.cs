namespace Vigie.Node.Ports;

/// <summary>Why a new configuration did not become live.</summary>
public enum RefusalKind : byte
{
    /// <summary>A multicast group cannot be joined, also not by another socket.</summary>
    Group = 1,

    /// <summary>The filter that lets advertisements of more interfaces in.</summary>
    AdvertisementFilter,

    /// <summary>The filter that lets claims of virtual addresses in.</summary>
    ClaimFilter,

    /// <summary>The rules of `accept: false`.</summary>
    AcceptRules,

    /// <summary>The rules of `peers:`.</summary>
    PeerRules,

    /// <summary>The rules with which a host leaves without a gap.</summary>
    MuteRules,

    /// <summary>A further virtual address of an Active virtual router.</summary>
    Address,

    /// <summary>The role board has no room: a crash would cost the roles, which now it does not.</summary>
    Board,

    /// <summary>More work is waiting for the kernel than the node keeps.</summary>
    Queue,

    /// <summary>The kernel has not answered in time.</summary>
    NoAnswer,

    /// <summary>Links and roles changed again and again while it was being prepared.</summary>
    Unsettled,

    /// <summary>This host is leaving.</summary>
    Leaving,
}
