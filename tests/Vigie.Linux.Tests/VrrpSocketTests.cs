using Vigie.Core.Net;
using Xunit;

namespace Vigie.Linux.Tests;

/// <summary>VRRP messages sent and received over a real link, in a namespace of its own.</summary>
public sealed class VrrpSocketTests : IDisposable
{
    private static readonly IpAddress s_groupIPv4 = IpAddress.Parse("224.0.0.18");
    private static readonly IpAddress s_groupIPv6 = IpAddress.Parse("ff02::12");

    private readonly TestNetwork _network = new();

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void A_multicast_message_arrives_with_its_addresses_interface_and_hop_limit(IpFamily family)
    {
        using var left = _network.OnLeft(() => VrrpSocket.Open(family));
        using var right = _network.OnRight(() => VrrpSocket.Open(family));
        var group = family == IpFamily.IPv4 ? s_groupIPv4 : s_groupIPv6;
        var source = family == IpFamily.IPv4 ? TestNetwork.LeftIPv4 : IpAddress.Parse("fe80::1");
        Assert.Equal(0, right.Join(_network.RightIndex, group));
        Assert.Equal(0, right.SetFilter([_network.RightIndex]));

        Assert.Equal(0, left.Send(_network.LeftIndex, source, group, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));

        var buffer = new byte[2048];
        Assert.True(Waiting.IsReadable(right));
        Assert.True(right.TryReceive(buffer, out var datagram));
        Assert.Equal(
            new ReceivedDatagram
            {
                PayloadOffset = family == IpFamily.IPv4 ? 20 : 0,
                Length = 10,
                InterfaceIndex = _network.RightIndex,
                Source = source,
                Destination = group,
                HopLimit = 255,
            },
            datagram);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], buffer.AsSpan(datagram.PayloadOffset, datagram.Length).ToArray());
    }

    public void Dispose() => _network.Dispose();
}
