using Xunit;

namespace Vigie.Linux.Tests.Descriptors;

/// <summary>The channel between two processes of one host: boundaries, limits, the end.</summary>
public sealed class SeqPacketSocketTests : IDisposable
{
    private readonly SeqPacketSocket _first;
    private readonly SeqPacketSocket _second;
    private readonly byte[] _buffer = new byte[1024];

    public SeqPacketSocketTests() => (_first, _second) = SeqPacketSocket.CreatePair();

    [Fact]
    public void Messages_keep_their_boundaries_and_order_in_both_directions()
    {
        Assert.Equal(0, _first.Send("one"u8));
        Assert.Equal(0, _first.Send("second"u8));
        Assert.Equal(0, _second.Send("back"u8));

        Assert.Equal("one", Receive(_second));
        Assert.Equal("second", Receive(_second));
        Assert.Equal("(Empty)", Receive(_second));
        Assert.Equal("back", Receive(_first));
    }

    [Fact]
    public void A_full_channel_refuses_and_takes_more_when_it_was_read()
    {
        var message = new byte[1000];
        var sent = 0;
        int errno;
        while ((errno = _first.Send(message)) == 0)
            sent++;
        Assert.Equal(Errno.EAGAIN, errno);

        // 1 MB was asked for; the kernel counts its own overhead too.
        Assert.InRange(sent, 400, 2100);

        for (var i = 0; i < sent; i++)
            Assert.Equal(ReceiveResult.Data, _second.TryReceive(_buffer, out _));
        Assert.Equal(ReceiveResult.Empty, _second.TryReceive(_buffer, out _));
        Assert.Equal(0, _first.Send(message));
    }

    [Fact]
    public void A_closed_end_is_told_from_silence_after_what_was_sent_before()
    {
        _first.Send("last"u8);
        _first.Dispose();

        Assert.Equal("last", Receive(_second));
        Assert.Equal("(Closed)", Receive(_second));
        Assert.Equal(Errno.EPIPE, _second.Send("too late"u8));
    }

    [Fact]
    public void An_end_closed_with_unread_messages_is_closed_too()
    {
        _second.Send("never read"u8);
        _first.Dispose();

        Assert.Equal("(Closed)", Receive(_second));
    }

    [Fact]
    public void A_message_that_does_not_fit_is_reported_with_its_length_and_gone()
    {
        _first.Send(new byte[2000]);
        _first.Send("next"u8);

        Assert.Equal(ReceiveResult.TooLong, _second.TryReceive(_buffer, out var length));
        Assert.Equal(2000, length);
        Assert.Equal("next", Receive(_second));
    }

    [Fact]
    public void An_empty_message_is_refused() => Assert.Equal(Errno.EINVAL, _first.Send([]));

    [Fact]
    public void Sending_and_receiving_allocate_nothing() => Assert.Equal(0, Allocations.Of(() =>
    {
        _first.Send("message"u8);
        _second.TryReceive(_buffer, out _);
        _second.TryReceive(_buffer, out _);
    }));

    private string Receive(SeqPacketSocket socket) => socket.TryReceive(_buffer, out var length) is var result && result == ReceiveResult.Data
        ? System.Text.Encoding.UTF8.GetString(_buffer, 0, length)
        : $"({result})";

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }
}
