using Vigie.Core;
using Vigie.Linux;
using Vigie.Node;
using Vigie.Node.Events;
using Vigie.Node.Messages;
using Vigie.Node.Ports;

namespace Vigie.Daemon.NodeSide;

/// <summary>
/// The node's end of the channel to control. Sending never waits: what finds no room is counted and gone, because no
/// reader, however slow or dead, may delay an advertisement.
/// </summary>
internal sealed class ControlChannel(SeqPacketSocket socket) : INodeEventSink
{
    private readonly byte[] _buffer = new byte[Descriptors.LongestMessage];

    /// <summary>Whose slots the events speak of; set once it exists.</summary>
    public ElectionLoop? Loop { get; set; }

    /// <summary>Messages that found no room.</summary>
    public long Lost { get; private set; }

    public void Report(in NodeEvent nodeEvent)
    {
        var name = nodeEvent.Router >= 0 ? Loop?.RouterName(nodeEvent.Router) ?? "" : "";
        Send(EventMessage.Write(_buffer, nodeEvent, name));
    }

    /// <summary>Answers a request; its number goes in front of every part, so that parts of two answers are never mixed.</summary>
    public void SendStatus(ElectionLoop loop, ReadOnlySpan<byte> request, in NodeStatus node)
    {
        for (var i = 0; i < loop.RouterCount; i++)
            SendPart(request, loop.WriteStatus(i, _buffer.AsSpan(request.Length)));
        SendPart(request, node.Write(_buffer.AsSpan(request.Length), loop.Lateness));
    }

    public void SendDone(ConfigurationDoneMessage done) => Send(done.Write(_buffer));

    public void SendAside(AsideAnswer answer)
    {
        _buffer[0] = (byte)MessageKind.AsideDone;
        _buffer[1] = (byte)answer;
        Send(2);
    }

    /// <summary>The next message from control, or an empty span.</summary>
    public ReadOnlySpan<byte> Receive(byte[] buffer) =>
        socket.TryReceive(buffer, out var length) == ReceiveResult.Data ? buffer.AsSpan(0, length) : default;

    // The kind byte stays first: kind, request number, the rest.
    private void SendPart(ReadOnlySpan<byte> request, int length)
    {
        var kind = _buffer[request.Length];
        _buffer[0] = kind;
        request.CopyTo(_buffer.AsSpan(1));
        Send(length + request.Length);
    }

    private void Send(int length)
    {
        if (socket.Send(_buffer.AsSpan(0, length)) != 0)
            Lost++;
    }
}
