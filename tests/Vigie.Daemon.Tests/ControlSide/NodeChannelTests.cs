using System.Text;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Daemon.ControlSide;
using Vigie.Linux;
using Vigie.Node;
using Vigie.Node.Events;
using Vigie.Node.Messages;
using Vigie.Node.Routers;
using Xunit;

namespace Vigie.Daemon.Tests.ControlSide;

/// <summary>Control's end of the channel against a node's end that the test plays by hand.</summary>
public sealed class NodeChannelTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SeqPacketSocket _node;
    private readonly NodeChannel _channel;
    private readonly LogWriter _log = new(TextWriter.Null, LogFormat.Json);
    private readonly byte[] _buffer = new byte[Descriptors.LongestMessage];

    public NodeChannelTests()
    {
        (_node, var control) = SeqPacketSocket.CreatePair();
        _channel = new NodeChannel(control, new EventRing(_log), new WallClock());
        _channel.Start();
    }

    public void Dispose()
    {
        _channel.Dispose();
        _node.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task A_status_request_is_answered_by_what_the_node_sends()
    {
        var asking = _channel.StatusAsync(TestContext.Current.CancellationToken);
        Assert.Equal([(byte)MessageKind.StatusRequest, 1, 0, 0, 0], Receive());

        Answer(routers: 0);

        Assert.Equal("alpha", (await asking.WaitAsync(Patience, TestContext.Current.CancellationToken)).Node.Node);
    }

    [Fact]
    public async Task A_status_of_which_a_part_was_lost_is_not_given_out_as_if_it_were_whole()
    {
        var asking = _channel.StatusAsync(TestContext.Current.CancellationToken);
        Receive();

        Answer(routers: 2); // says that two were sent, but none came

        await Assert.ThrowsAsync<IOException>(() => asking.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Parts_of_an_answer_whose_client_has_gone_are_not_mixed_into_the_next()
    {
        using var gone = new CancellationTokenSource();
        var first = _channel.StatusAsync(gone.Token);
        Receive();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = _channel.StatusAsync(TestContext.Current.CancellationToken);
        Receive();

        Answer(routers: 0, request: 1, node: "late");
        Answer(routers: 0, request: 2, node: "alpha");

        Assert.Equal("alpha", (await second.WaitAsync(Patience, TestContext.Current.CancellationToken)).Node.Node);
    }

    [Fact]
    public async Task A_long_configuration_arrives_whole_and_in_order()
    {
        var text = string.Join('\n', Enumerable.Range(0, 20_000).Select(i => $"# line {i}"));
        var configuring = Task.Run(() => _channel.ConfigureAsync(Encoding.UTF8.GetBytes(text), planOnly: false), TestContext.Current.CancellationToken);
        var received = new StringBuilder();
        while (true)
        {
            var message = Receive();
            if (message[0] == (byte)MessageKind.ConfigurationCommit)
                break;
            Assert.Equal((byte)MessageKind.ConfigurationPiece, message[0]);
            Assert.Equal(received.Length == 0 ? 1 : 0, message[1]);
            received.Append(Encoding.UTF8.GetString(message.AsSpan(2)));
        }

        // First the late answer to an earlier plan, which is not what was asked for.
        foreach (var planned in (bool[])[true, false])
        {
            var outcome = new ReconfigureOutcome { Added = { planned ? "late" : "web" }, Removed = { "old" }, Changed = { "db", "lb" } };
            var length = new ConfigurationDoneMessage(true, planned, "", outcome).Write(_buffer);
            Assert.Equal(0, _node.Send(_buffer.AsSpan(0, length)));
        }

        var done = await configuring.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(text, received.ToString());
        Assert.Equal(["web"], done.Outcome.Added);
        Assert.Equal(["old"], done.Outcome.Removed);
        Assert.Equal(["db", "lb"], done.Outcome.Changed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Many_events_at_once_are_a_burst_and_a_long_status_is_none(bool events)
    {
        const int Waiting = 100;
        var (node, control) = SeqPacketSocket.CreatePair();
        using var other = node;
        var bursts = 0;
        using var channel = new NodeChannel(control, new EventRing(_log), new WallClock()) { OnBurst = () => bursts++ };
        var message = events
            ? _buffer[..EventMessage.Write(_buffer, new NodeEvent { Kind = NodeEventKind.StateChanged, At = new Instant(1) }, "db")]
            : Status(routers: 0, request: 99, "late");
        for (var i = 0; i < Waiting; i++)
            Assert.Equal(0, node.Send(message));

        channel.Start();
        await channel.DrainAsync();

        Assert.Equal(events ? 1 : 0, bursts);
    }

    private void Answer(int routers, int request = 1, string node = "alpha") =>
        Assert.Equal(0, _node.Send(Status(routers, request, node)));

    private byte[] Status(int routers, int request, string node)
    {
        var length = new NodeStatus(node, routers, true, true, new Instant(1), new Instant(2), 0, 0, 0, 0, 1).Write(_buffer, new LatenessHistogram());
        return [_buffer[0], .. BitConverter.GetBytes(request), .. _buffer.AsSpan(1, length - 1)];
    }

    private byte[] Receive()
    {
        using var epoll = new Epoll();
        epoll.Add(_node, 1, EpollInterest.Readable);
        var ready = new EpollEvent[1];
        Assert.True(epoll.Wait(ready, (int)Patience.TotalMilliseconds) > 0, "control sent nothing");
        Assert.Equal(ReceiveResult.Data, _node.TryReceive(_buffer, out var length));
        return _buffer[..length];
    }
}
