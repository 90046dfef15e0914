using Vigie.Core.Net;
using Vigie.Linux.Native;
using Xunit;

namespace Vigie.Linux.Tests.Sockets;

/// <summary>VRRP messages over a real link: every socket option is seen by what arrives at the other end.</summary>
public sealed class VrrpSocketTests : IDisposable
{
    private static readonly IpAddress s_groupIPv4 = IpAddress.Parse("224.0.0.18");
    private static readonly IpAddress s_groupIPv6 = IpAddress.Parse("ff02::12");
    private static readonly IpAddress s_linkLocal = IpAddress.Parse("fe80::1");

    // No valid checksum under any reading: a kernel that filled in or checked one would be noticed.
    private static readonly byte[] s_message = [.. Enumerable.Range(1, 40).Select(i => (byte)i)];

    private readonly TestNetwork _network = new();
    private readonly byte[] _buffer = new byte[2048];

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void A_multicast_message_arrives_untouched_with_its_addresses_interface_and_hop_limit(IpFamily family)
    {
        using var left = OpenLeft(family);
        using var right = OpenRight(family);
        Assert.Equal(0, right.Join(_network.RightIndex, Group(family)));

        Assert.Equal(0, left.Send(_network.LeftIndex, Source(family), Group(family), s_message));

        var datagram = Receive(right);
        Assert.Equal(
            new ReceivedDatagram
            {
                PayloadOffset = family == IpFamily.IPv4 ? 20 : 0,
                Length = s_message.Length,
                InterfaceIndex = _network.RightIndex,
                Source = Source(family),
                Destination = Group(family),
                HopLimit = 255,
            },
            datagram);
        Assert.Equal(s_message, _buffer.AsSpan(datagram.PayloadOffset, datagram.Length).ToArray());
        Assert.False(right.TryReceive(_buffer, out _));
    }

    [Theory]
    [InlineData("10.77.0.1", "10.77.0.2")]
    [InlineData("fd77::1", "fd77::2")]
    [InlineData("fe80::1", "fe80::2")]
    public void A_unicast_message_arrives_from_the_chosen_source(string source, string destination)
    {
        var from = IpAddress.Parse(source);
        var to = IpAddress.Parse(destination);
        using var left = OpenLeft(from.Family);
        using var right = OpenRight(from.Family);

        Assert.Equal(0, left.Send(_network.LeftIndex, from, to, s_message));

        var datagram = Receive(right);
        Assert.Equal((from, to, 255, s_message.Length), (datagram.Source, datagram.Destination, datagram.HopLimit, datagram.Length));
    }

    [Theory]
    [InlineData("10.77.0.1", "224.0.0.18")]
    [InlineData("10.77.0.1", "10.77.0.2")]
    public void On_the_wire_IPv4_has_time_to_live_255_protocol_112_and_internetwork_control(string source, string destination)
    {
        using var left = OpenLeft(IpFamily.IPv4);
        using var capture = _network.OnRight(() => new Capture(0x0800));

        left.Send(_network.LeftIndex, IpAddress.Parse(source), IpAddress.Parse(destination), s_message);

        var frame = capture.Next(frame => frame[14 + 9] == 112);
        Assert.Equal((255, 0xC0), (frame[14 + 8], frame[14 + 1]));
    }

    [Theory]
    [InlineData("fe80::1", "ff02::12")]
    [InlineData("fd77::1", "fd77::2")]
    public void On_the_wire_IPv6_has_hop_limit_255_next_header_112_and_internetwork_control(string source, string destination)
    {
        using var left = OpenLeft(IpFamily.IPv6);
        using var capture = _network.OnRight(() => new Capture(SocketConstants.EtherTypeIPv6));

        left.Send(_network.LeftIndex, IpAddress.Parse(source), IpAddress.Parse(destination), s_message);

        var frame = capture.Next(frame => frame[14 + 6] == 112);
        Assert.Equal((255, 0xC), (frame[14 + 7], frame[14] & 0xF));
        Assert.Equal(s_message, frame[54..]);
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void A_sender_does_not_hear_itself(IpFamily family)
    {
        using var left = OpenLeft(family);
        using var right = OpenRight(family);
        Assert.Equal(0, left.Join(_network.LeftIndex, Group(family)));
        Assert.Equal(0, right.Join(_network.RightIndex, Group(family)));

        left.Send(_network.LeftIndex, Source(family), Group(family), s_message);

        Receive(right);
        Assert.False(left.TryReceive(_buffer, out _));
    }

    [Fact]
    public void An_IPv4_group_that_only_somebody_else_joined_is_not_heard()
    {
        using var left = OpenLeft(IpFamily.IPv4);
        using var member = OpenRight(IpFamily.IPv4);
        using var stranger = OpenRight(IpFamily.IPv4);
        member.Join(_network.RightIndex, s_groupIPv4);

        left.Send(_network.LeftIndex, TestNetwork.LeftIPv4, s_groupIPv4, s_message);

        Receive(member);
        Assert.False(stranger.TryReceive(_buffer, out _));
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void Joining_twice_and_leaving_twice_are_told_apart_from_success(IpFamily family)
    {
        using var socket = OpenRight(family);
        Assert.Equal(0, socket.Join(_network.RightIndex, Group(family)));
        Assert.Equal(Errno.EADDRINUSE, socket.Join(_network.RightIndex, Group(family)));
        Assert.Equal(0, socket.Leave(_network.RightIndex, Group(family)));
        Assert.Equal(Errno.EADDRNOTAVAIL, socket.Leave(_network.RightIndex, Group(family)));
        Assert.Equal(Errno.ENODEV, socket.Join(99_999, Group(family)));
        Assert.Equal(Errno.EAFNOSUPPORT, socket.Join(_network.RightIndex, Group(family == IpFamily.IPv4 ? IpFamily.IPv6 : IpFamily.IPv4)));
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void After_leaving_a_group_it_is_not_heard_and_after_joining_again_it_is(IpFamily family)
    {
        using var left = OpenLeft(family);
        using var right = OpenRight(family);
        var unicast = family == IpFamily.IPv4 ? TestNetwork.RightIPv4 : TestNetwork.RightIPv6;
        right.Join(_network.RightIndex, Group(family));
        right.Leave(_network.RightIndex, Group(family));

        left.Send(_network.LeftIndex, Source(family), Group(family), s_message);
        left.Send(_network.LeftIndex, family == IpFamily.IPv4 ? TestNetwork.LeftIPv4 : TestNetwork.LeftIPv6, unicast, s_message);
        Assert.Equal(unicast, Receive(right).Destination);

        Assert.Equal(0, right.Join(_network.RightIndex, Group(family)));
        left.Send(_network.LeftIndex, Source(family), Group(family), s_message);
        Assert.Equal(Group(family), Receive(right).Destination);
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void A_group_can_be_joined_again_on_an_interface_that_came_back(IpFamily family)
    {
        using var left = OpenLeft(family);
        _network.Left("link", "add", "w0", "type", "veth", "peer", "name", "w1");
        int IndexOf(string name) => _network.OnLeft(() =>
        {
            using var route = new RouteSocket();
            return route.DumpLinks().Single(link => link.Name == name).Index;
        });
        var first = IndexOf("w0");
        Assert.Equal(0, left.Join(first, Group(family)));

        _network.Left("link", "delete", "w0");
        Assert.NotEqual(0, left.Join(first, Group(family)));
        _network.Left("link", "add", "w0", "type", "veth", "peer", "name", "w1");

        Assert.Equal(0, left.Join(IndexOf("w0"), Group(family)));
    }

    [Fact]
    public void More_interfaces_can_be_joined_than_one_socket_may()
    {
        // 20 is the kernel's default for IPv4.
        using var left = OpenLeft(IpFamily.IPv4);
        using var right = OpenRight(IpFamily.IPv4);
        var indexes = _network.OnRight(() =>
        {
            for (var i = 0; i < 45; i++)
                TestNetwork.Run("ip", "link", "add", $"b{i}", "type", "bridge");
            using var route = new RouteSocket();
            return route.DumpLinks().Where(link => link.Kind == "bridge").Select(link => link.Index).ToArray();
        });

        int[] errnos = _network.OnRight(() => indexes.Select(index => right.Join(index, s_groupIPv4)).ToArray());
        Assert.Equal(new int[45], errnos);
        Assert.Equal(0, right.Join(_network.RightIndex, s_groupIPv4));
        Assert.Equal(Errno.EADDRINUSE, right.Join(_network.RightIndex, s_groupIPv4));

        left.Send(_network.LeftIndex, TestNetwork.LeftIPv4, s_groupIPv4, s_message);
        Assert.Equal(_network.RightIndex, Receive(right).InterfaceIndex);

        Assert.All(indexes, index => Assert.Equal(0, right.Leave(index, s_groupIPv4)));
        Assert.Equal(0, right.Leave(_network.RightIndex, s_groupIPv4));
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void The_filter_keeps_other_interfaces_out_and_can_be_replaced(IpFamily family)
    {
        AddSecondLink();
        using var left = OpenLeft(family);
        using var right = OpenRight(family);
        const int secondLeft = 20, secondRight = 120;
        right.Join(_network.RightIndex, Group(family));
        right.Join(secondRight, Group(family));
        void SendOnBoth()
        {
            Assert.Equal(0, left.Send(secondLeft, family == IpFamily.IPv4 ? IpAddress.Parse("10.88.0.1") : IpAddress.Parse("fe80::88:1"), Group(family), s_message));
            Assert.Equal(0, left.Send(_network.LeftIndex, Source(family), Group(family), s_message));
        }

        SendOnBoth();
        Assert.Equal(secondRight, Receive(right).InterfaceIndex);
        Assert.Equal(_network.RightIndex, Receive(right).InterfaceIndex);

        Assert.Equal(0, right.SetFilter([_network.RightIndex]));
        SendOnBoth();
        Assert.Equal(_network.RightIndex, Receive(right).InterfaceIndex);

        Assert.Equal(0, right.SetFilter([.. Enumerable.Range(1000, 300), secondRight]));
        SendOnBoth();
        Assert.Equal(secondRight, Receive(right).InterfaceIndex);
        Assert.False(right.TryReceive(_buffer, out _));

        Assert.Equal(0, right.SetFilter([]));
        SendOnBoth();
        Assert.Equal(0, right.SetFilter([secondRight, _network.RightIndex]));
        SendOnBoth();
        Assert.Equal(secondRight, Receive(right).InterfaceIndex);
        Assert.Equal(_network.RightIndex, Receive(right).InterfaceIndex);
        Assert.False(right.TryReceive(_buffer, out _));
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void The_filter_leaves_eight_bytes_of_a_message_that_came_from_afar(IpFamily family)
    {
        using var left = OpenLeft(family);
        using var right = OpenRight(family);
        right.Join(_network.RightIndex, Group(family));
        right.SetFilter([_network.RightIndex]);
        if (family == IpFamily.IPv4)
            SocketOptions.Set(left, SocketConstants.LevelIPv4, SocketConstants.IPv4MulticastTimeToLive, 254, "IP_MULTICAST_TTL");
        else
            SocketOptions.Set(left, SocketConstants.LevelIPv6, SocketConstants.IPv6MulticastHops, 254, "IPV6_MULTICAST_HOPS");

        left.Send(_network.LeftIndex, Source(family), Group(family), s_message);

        var datagram = Receive(right);
        Assert.Equal((254, 8), (datagram.HopLimit, datagram.Length));
        Assert.Equal(s_message[..8], _buffer.AsSpan(datagram.PayloadOffset, datagram.Length).ToArray());
    }

    [Fact]
    public void A_message_longer_than_the_buffer_is_marked()
    {
        using var left = OpenLeft(IpFamily.IPv4);
        using var right = OpenRight(IpFamily.IPv4);
        right.Join(_network.RightIndex, s_groupIPv4);
        left.Send(_network.LeftIndex, TestNetwork.LeftIPv4, s_groupIPv4, s_message);
        Assert.True(Waiting.IsReadable(right));

        Assert.True(right.TryReceive(_buffer.AsSpan(0, 30), out var datagram));

        Assert.Equal((true, 10), (datagram.IsTruncated, datagram.Length));
    }

    [Fact]
    public void What_cannot_be_sent_is_told_by_its_error()
    {
        using var ipv4 = OpenLeft(IpFamily.IPv4);
        using var ipv6 = OpenLeft(IpFamily.IPv6);
        var stranger = IpAddress.Parse("10.77.0.99");

        // Older kernels say EINVAL.
        Assert.Contains(ipv4.Send(_network.LeftIndex, stranger, s_groupIPv4, s_message), (int[])[Errno.ENETUNREACH, Errno.EINVAL]);
        Assert.Equal(Errno.EINVAL, ipv6.Send(_network.LeftIndex, IpAddress.Parse("fe80::99"), s_groupIPv6, s_message));
        Assert.Equal(Errno.ENODEV, ipv4.Send(99_999, TestNetwork.LeftIPv4, s_groupIPv4, s_message));
        Assert.Equal(Errno.ENODEV, ipv6.Send(99_999, s_linkLocal, s_groupIPv6, s_message));
        Assert.Equal(Errno.EMSGSIZE, ipv4.Send(_network.LeftIndex, TestNetwork.LeftIPv4, s_groupIPv4, new byte[70_000]));

        _network.Left("link", "set", "v0", "down");
        Assert.Equal(Errno.ENETUNREACH, ipv4.Send(_network.LeftIndex, TestNetwork.LeftIPv4, s_groupIPv4, s_message));

        // Its IPv6 addresses have gone with the link.
        Assert.Equal(Errno.EINVAL, ipv6.Send(_network.LeftIndex, s_linkLocal, s_groupIPv6, s_message));
    }

    [Fact]
    public void Messages_that_nobody_read_in_time_are_counted()
    {
        using var left = OpenLeft(IpFamily.IPv4);
        using var right = OpenRight(IpFamily.IPv4);
        right.Join(_network.RightIndex, s_groupIPv4);
        SocketOptions.SetReceiveBuffer(right, 1);
        Assert.Equal(0u, right.Overflows);

        for (var i = 0; i < 100; i++)
            left.Send(_network.LeftIndex, TestNetwork.LeftIPv4, s_groupIPv4, s_message);

        var read = 0u;
        Waiting.Until(
            () =>
            {
                while (right.TryReceive(_buffer, out _))
                    read++;
                return read + right.Overflows == 100;
            },
            "every message to be read or counted");
        Assert.InRange(right.Overflows, 1u, 99u);
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void The_socket_has_control_priority_and_a_large_buffer(IpFamily family)
    {
        using var socket = OpenLeft(family);

        Assert.Equal(7, SocketOptions.Get(socket, SocketConstants.LevelSocket, SocketConstants.Priority, "SO_PRIORITY"));

        // The kernel doubles what was asked for.
        Assert.Equal(2 * VrrpSocket.ReceiveBufferBytes, SocketOptions.Get(socket, SocketConstants.LevelSocket, SocketConstants.ReceiveBuffer, "SO_RCVBUF"));
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void Sending_and_receiving_allocate_nothing(IpFamily family)
    {
        using var left = OpenLeft(family);
        using var right = OpenRight(family);
        right.Join(_network.RightIndex, Group(family));
        right.SetFilter([_network.RightIndex]);
        var received = 0;

        Assert.Equal(0, Allocations.Of(() =>
        {
            left.Send(_network.LeftIndex, Source(family), Group(family), s_message);
            while (right.TryReceive(_buffer, out _))
                received++;
        }));
        Waiting.Until(() => { while (right.TryReceive(_buffer, out _)) received++; return received == 250; }, "all messages");
    }

    private static IpAddress Group(IpFamily family) => family == IpFamily.IPv4 ? s_groupIPv4 : s_groupIPv6;

    private static IpAddress Source(IpFamily family) => family == IpFamily.IPv4 ? TestNetwork.LeftIPv4 : s_linkLocal;

    private VrrpSocket OpenLeft(IpFamily family) => _network.OnLeft(() => VrrpSocket.Open(family));

    private VrrpSocket OpenRight(IpFamily family) => _network.OnRight(() => VrrpSocket.Open(family));

    private ReceivedDatagram Receive(VrrpSocket socket)
    {
        Assert.True(Waiting.IsReadable(socket), "nothing arrived");
        Assert.True(socket.TryReceive(_buffer, out var datagram));
        return datagram;
    }

    // v1 between the two hosts, beside v0.
    private void AddSecondLink()
    {
        _network.AddLink("v1", 20);
        foreach (var (ip, host) in new[] { (_network.IpOnLeft, 1), (_network.IpOnRight, 2) })
        {
            ip(["addr", "add", $"10.88.0.{host}/24", "dev", "v1"]);
            ip(["link", "set", "v1", "addrgenmode", "none"]);
            ip(["addr", "add", $"fe80::88:{host}/64", "dev", "v1", "nodad"]);
            ip(["link", "set", "v1", "up"]);
        }

        _network.AwaitIPv6("v1");
    }

    public void Dispose() => _network.Dispose();
}
