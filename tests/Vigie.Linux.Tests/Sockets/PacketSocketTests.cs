using Vigie.Core.Net;
using Vigie.Linux.Native;
using Xunit;

namespace Vigie.Linux.Tests.Sockets;

/// <summary>Whole frames sent over a real link, and what is said of those that cannot be sent.</summary>
public sealed class PacketSocketTests : IDisposable
{
    private static readonly MacAddress s_mac = new(0x0200_0000_0077);

    private readonly TestNetwork _network = new();
    private readonly PacketSocket _left;
    private readonly Capture _capture;

    public PacketSocketTests()
    {
        _left = _network.OnLeft(PacketSocket.Open);
        _capture = _network.OnRight(() => new Capture(SocketConstants.EtherTypeArp));
    }

    [Fact]
    public void A_frame_arrives_as_it_was_sent()
    {
        var frame = Frames.Arp("10.77.0.100", "10.77.0.100", s_mac);

        Assert.Equal(0, _left.Send(_network.LeftIndex, frame));

        Assert.Equal(frame, _capture.Next(_ => true));
    }

    [Fact]
    public void Many_frames_arrive_in_order_and_failures_are_told_one_by_one()
    {
        const int count = 2 * PacketSocket.MaxFramesPerCall + 10;
        var frames = Enumerable.Range(0, count).Select(i => Frames.Arp($"10.77.{i / 200}.{i % 200}", "10.77.0.9", s_mac)).ToArray();
        var outgoing = new OutgoingFrame[count];
        var expected = new int[count];
        for (var i = 0; i < count; i++)
        {
            outgoing[i] = new OutgoingFrame(i % 7 == 3 ? 99_999 : _network.LeftIndex, i * 42, 42);
            expected[i] = i % 7 == 3 ? Errno.ENXIO : 0;
        }

        var errnos = new int[count];
        var sent = _left.SendMany(frames.SelectMany(frame => frame).ToArray(), outgoing, errnos);

        Assert.Equal(expected, errnos);
        Assert.Equal(expected.Count(errno => errno == 0), sent);
        Assert.All(frames.Where((_, i) => expected[i] == 0), frame => Assert.Equal(frame, _capture.Next(_ => true)));
    }

    [Fact]
    public void What_cannot_be_sent_is_told_by_its_error()
    {
        var frame = Frames.Arp("10.77.0.100", "10.77.0.100", s_mac);

        Assert.Equal(Errno.EINVAL, _left.Send(_network.LeftIndex, frame.AsSpan(0, 13)));
        Assert.Equal(Errno.ENXIO, _left.Send(99_999, frame));
        Assert.Equal(Errno.EMSGSIZE, _left.Send(_network.LeftIndex, new byte[2000]));
        _network.Left("link", "set", "v0", "down");
        Assert.Equal(Errno.ENETDOWN, _left.Send(_network.LeftIndex, frame));
    }

    [Fact]
    public void Nothing_is_ever_received_by_it()
    {
        using var right = _network.OnRight(PacketSocket.Open);

        _left.Send(_network.LeftIndex, Frames.Arp("10.77.0.100", "10.77.0.100", s_mac));

        _capture.Next(_ => true);
        Assert.False(Waiting.IsReadable(right, 0));
        Assert.Equal(7, SocketOptions.Get(right, SocketConstants.LevelSocket, SocketConstants.Priority, "SO_PRIORITY"));
    }

    [Fact]
    public void Sending_allocates_nothing()
    {
        var frame = Frames.Arp("10.77.0.100", "10.77.0.100", s_mac);
        OutgoingFrame[] outgoing = [new(_network.LeftIndex, 0, 42), new(99_999, 0, 42), new(_network.LeftIndex, 0, 42)];
        var errnos = new int[3];

        Assert.Equal(0, Allocations.Of(() =>
        {
            _left.Send(_network.LeftIndex, frame);
            _left.SendMany(frame, outgoing, errnos);
        }));
    }

    public void Dispose()
    {
        _left.Dispose();
        _capture.Dispose();
        _network.Dispose();
    }
}
