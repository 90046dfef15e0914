using Vigie.Core.Net;
using Xunit;

namespace Vigie.Linux.Tests;

/// <summary>Addresses, links and neighbours through rtnetlink, in a namespace of its own.</summary>
public sealed class RouteSocketTests : IDisposable
{
    private const byte Tag = 0xC8;

    private readonly TestNetwork _network = new();
    private readonly RouteSocket _socket;

    public RouteSocketTests() => _socket = _network.OnLeft(() => new RouteSocket());

    [Theory]
    [InlineData("10.77.0.100/24", false)]
    [InlineData("fd77::100/64", true)]
    public void An_added_address_carries_tag_lifetime_and_no_prefix_route(string prefix, bool isDeprecated)
    {
        Assert.Equal(0, Apply(AddressOperation.Add, prefix, 60));

        var address = Find(prefix);
        Assert.Equal(
            new AddressInfo
            {
                InterfaceIndex = _network.LeftIndex,
                Prefix = IpPrefix.Parse(prefix),
                Protocol = Tag,
                Scope = AddressScope.Global,
                IsSecondary = !isDeprecated,
                IsDeprecated = isDeprecated,
                HasNoPrefixRoute = true,
            },
            address with { ValidLifetimeSeconds = 0, PreferredLifetimeSeconds = 0 });
        Assert.InRange(address.ValidLifetimeSeconds, 59u, 60u);
    }

    private int Apply(AddressOperation operation, string prefix, uint lifetime)
    {
        Span<int> errnos = [-1];
        _socket.ApplyAddresses([new AddressChange
        {
            Operation = operation,
            InterfaceIndex = _network.LeftIndex,
            Prefix = IpPrefix.Parse(prefix),
            ValidLifetimeSeconds = lifetime,
            Protocol = Tag,
        }], errnos);
        return errnos[0];
    }

    private AddressInfo Find(string prefix) => _socket.DumpAddresses().Single(address => address.Prefix == IpPrefix.Parse(prefix));

    public void Dispose()
    {
        _socket.Dispose();
        _network.Dispose();
    }
}
