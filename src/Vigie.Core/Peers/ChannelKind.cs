namespace Vigie.Core.Peers;

/// <summary>What the content of a packet of the peer channel is.</summary>
public enum ChannelKind : byte
{
    /// <summary>What a host knows and is: <see cref="PeerHello"/>.</summary>
    Hello = 1,
}
