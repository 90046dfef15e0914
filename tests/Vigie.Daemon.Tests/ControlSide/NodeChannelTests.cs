using System.Text;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Daemon.ControlSide;
using Vigie.Linux;
using Vigie.Node.Messages;
using Xunit;

namespace Vigie.Daemon.Tests.ControlSide;

/// <summary>Control's end of the channel against a node's end that the test plays by hand.</summary>
public sealed class NodeChannelTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SeqPacketSocket _node;
    private readonly NodeChannel _channel;
    private readonly byte[] _buffer = new byte[Descriptors.LongestMessage];

    public NodeChannelTests()
    {
        (_node, var control) = SeqPacketSocket.CreatePair();
        _channel = new NodeChannel(control, new EventRing(new LogWriter(TextWriter.Null, LogFormat.Json)));
        _channel.Start();
    }

    public void Dispose()
    {
        _channel.Dispose();
        _node.Dispose();
    }

    [Fact]
    public async Task A_status_request_is_answered_by_what_the_node_sends()
    {
        var asking = _channel.StatusAsync(TestContext.Current.CancellationToken);
        Assert.Equal([(byte)MessageKind.StatusRequest], Receive());

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
    public async Task A_long_configuration_arrives_whole_and_in_order()
    {
        var text = string.Join('\n', Enumerable.Range(0, 20_000).Select(i => $"# line {i}"));
        var configuring = Task.Run(() => _channel.ConfigureAsync(Encoding.UTF8.GetBytes(text)), TestContext.Current.CancellationToken);
        var received = new StringBuilder();
        while (true)
        {
            var message = Receive();
            if (message[0] == (byte)MessageKind.ConfigurationCommit)
                break;
            Assert.Equal((byte)MessageKind.ConfigurationPiece, message[0]);
            received.Append(Encoding.UTF8.GetString(message.AsSpan(1)));
        }

        var length = new ConfigurationDoneMessage(true, "", ["web"], ["old"], ["db", "lb"]).Write(_buffer);
        Assert.Equal(0, _node.Send(_buffer.AsSpan(0, length)));

        var done = await configuring.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(text, received.ToString());
        Assert.Equal(["web"], done.Added);
        Assert.Equal(["old"], done.Removed);
        Assert.Equal(["db", "lb"], done.Changed);
    }

    private void Answer(int routers)
    {
        var length = new NodeStatus("alpha", routers, true, true, new Instant(1), new Instant(2), 0, 0, 0).Write(_buffer);
        Assert.Equal(0, _node.Send(_buffer.AsSpan(0, length)));
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
