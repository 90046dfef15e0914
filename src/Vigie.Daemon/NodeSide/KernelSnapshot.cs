using System.Collections.Immutable;
using Vigie.Linux;

namespace Vigie.Daemon.NodeSide;

/// <summary>All links and addresses as of one moment, or the error number that kept them from being read.</summary>
internal sealed record KernelSnapshot(ImmutableArray<LinkInfo> Links, ImmutableArray<AddressInfo> Addresses, int Error);
