using Vigie.Core.Net;

namespace Vigie.Node.Guarding;

/// <summary>
/// The messages that a virtual router sends to one destination, ready to be sent by another process: whoever speaks for a
/// node says byte for byte what the node would have said.
/// </summary>
/// <param name="Source">The source address that the checksum was made for.</param>
/// <param name="Destination">The group, or one peer.</param>
/// <param name="Advertisement">With the router's priority as it is now.</param>
/// <param name="Resignation">The same with priority 0.</param>
public sealed record PreparedAdvertisement(
    IpAddress Source, IpAddress Destination, ReadOnlyMemory<byte> Advertisement, ReadOnlyMemory<byte> Resignation);
