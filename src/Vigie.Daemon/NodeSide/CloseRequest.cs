using System.Collections.Immutable;
using Vigie.Core.Net;

namespace Vigie.Daemon.NodeSide;

/// <summary>Asks for the TCP connections of addresses to be closed.</summary>
internal sealed record CloseRequest(ImmutableArray<IpAddress> Addresses);
