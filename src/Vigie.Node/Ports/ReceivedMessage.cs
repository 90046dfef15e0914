using Vigie.Core.Net;

namespace Vigie.Node.Ports;

/// <summary>Where a received VRRP message came from and how. Its bytes travel beside it.</summary>
public readonly record struct ReceivedMessage(int InterfaceIndex, IpAddress Source, IpAddress Destination, byte HopLimit);
