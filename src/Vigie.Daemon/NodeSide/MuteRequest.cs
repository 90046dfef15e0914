using System.Collections.Immutable;
using Vigie.Core.Net;

namespace Vigie.Daemon.NodeSide;

/// <summary>Asks for addresses to be muted, or heard again.</summary>
internal sealed record MuteRequest(ImmutableArray<IpAddress> Addresses, bool Muted);
