using Vigie.Core.Configuration;
using Vigie.Core.Net;

namespace Vigie.Configuration;

/// <summary>An address and where it stands.</summary>
internal readonly record struct Located<T>(T Value, TextSpan Span);

/// <summary>
/// What could be read of one virtual router, wrong parts left out, with the places that checks across routers need.
/// </summary>
internal sealed class RouterDraft
{
    /// <summary>How messages call it: its name, or its place in the list.</summary>
    public required string Label { get; init; }

    public Located<string>? Name { get; set; }

    public Located<byte>? Vrid { get; set; }

    public string? Interface { get; set; }

    public List<Located<IpPrefix>> Addresses { get; } = [];

    public List<Located<IpAddress>> Peers { get; } = [];

    /// <summary>False when an address could not be read, so that "there is no IPv6 address" proves nothing.</summary>
    public bool AreAddressesKnown { get; set; }

    /// <summary>Null when a required part is missing.</summary>
    public VirtualRouterConfig? Config { get; set; }

    public bool HasFamily(IpFamily family) => Addresses.Exists(address => address.Value.Family == family);
}
