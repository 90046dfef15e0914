using System.Collections.Concurrent;
using System.Text;
using Vigie.Linux;
using Vigie.Node;
using Vigie.Node.Events;
using Vigie.Node.Messages;

namespace Vigie.Daemon.ControlSide;

/// <summary>
/// Control's end of the channel to the node: a thread of its own reads, callers ask and wait. One question of a kind at a
/// time; the node answers from its own thread between two advertisements.
/// </summary>
internal sealed class NodeChannel : IDisposable
{
    private const int PieceLength = 32 * 1024;

    /// <summary>So many events that waited may have filled the channel, so that others found no room.</summary>
    private const int LongBurst = 64;

    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    private readonly SeqPacketSocket _socket;
    private readonly EventRing _events;
    private readonly WallClock _clock;
    private readonly Epoll _epoll = new();
    private readonly EventFd _wake = new();
    private readonly Thread _reader;
    private readonly SemaphoreSlim _oneStatus = new(1, 1);
    private readonly SemaphoreSlim _oneReload = new(1, 1);
    private readonly Lock _gate = new();
    private List<RouterStatus> _routers = [];
    private int _request;
    private TaskCompletionSource<StatusAnswer>? _status;
    private TaskCompletionSource<ConfigurationDoneMessage>? _done;
    private readonly SemaphoreSlim _oneWish = new(1, 1);
    private TaskCompletionSource<AsideAnswer>? _aside;
    private bool _planning;
    private readonly ConcurrentQueue<TaskCompletionSource> _drains = new();
    private volatile bool _stop;

    public NodeChannel(SeqPacketSocket socket, EventRing events, WallClock clock)
    {
        _socket = socket;
        _events = events;
        _clock = clock;
        _epoll.Add(socket, 1, EpollInterest.Readable);
        _epoll.Add(_wake, 2, EpollInterest.Readable);
        _reader = new Thread(Read) { Name = "node-channel", IsBackground = true };
    }

    public void Start() => _reader.Start();

    /// <summary>The status of every virtual router, or a <see cref="TimeoutException"/> when the node does not answer.</summary>
    public async Task<StatusAnswer> StatusAsync(CancellationToken cancellation)
    {
        await _oneStatus.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var answer = new TaskCompletionSource<StatusAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            int request;
            lock (_gate)
            {
                request = ++_request;
                _routers = [];
                _status = answer;
            }

            Send([(byte)MessageKind.StatusRequest, .. BitConverter.GetBytes(request)]);
            return await answer.Task.WaitAsync(AnswerTime, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _oneStatus.Release();
        }
    }

    /// <summary>Has the node make a checked configuration live, or only plan it; the answer says what changed or would change.</summary>
    public async Task<ConfigurationDoneMessage> ConfigureAsync(ReadOnlyMemory<byte> text, bool planOnly)
    {
        await _oneReload.WaitAsync().ConfigureAwait(false);
        try
        {
            var answer = new TaskCompletionSource<ConfigurationDoneMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
                (_done, _planning) = (answer, planOnly);
            for (var at = 0; at < text.Length; at += PieceLength)
                Send([(byte)MessageKind.ConfigurationPiece, at == 0 ? (byte)1 : (byte)0, .. text.Span.Slice(at, Math.Min(PieceLength, text.Length - at))]);
            Send([(byte)MessageKind.ConfigurationCommit, planOnly ? (byte)1 : (byte)0]);
            return await answer.Task.WaitAsync(AnswerTime).ConfigureAwait(false);
        }
        finally
        {
            _oneReload.Release();
        }
    }

    /// <summary>Called on the reader's thread for every event, before it is told.</summary>
    public Action<NodeEvent, string>? OnEvent { get; set; }

    /// <summary>Called on the reader's thread with every whole status, in its order among the events.</summary>
    public Action<StatusAnswer>? OnStatus { get; set; }

    /// <summary>Called on the reader's thread when events may have been lost because nobody read for a while.</summary>
    public Action? OnBurst { get; set; }

    /// <summary>Completes when everything that has arrived has been dealt with.</summary>
    public Task DrainAsync()
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _drains.Enqueue(drained);
        _wake.Signal();
        return drained.Task.WaitAsync(AnswerTime);
    }

    /// <summary>Tells the node an operator's wish.</summary>
    public async Task<AsideAnswer> WishAsync(AsideWish wish, string name)
    {
        await _oneWish.WaitAsync().ConfigureAwait(false);
        try
        {
            var answer = new TaskCompletionSource<AsideAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
                _aside = answer;
            Send([(byte)MessageKind.Aside, (byte)wish, .. Encoding.UTF8.GetBytes(name)]);
            return await answer.Task.WaitAsync(AnswerTime).ConfigureAwait(false);
        }
        finally
        {
            _oneWish.Release();
        }
    }

    public void Dispose()
    {
        _stop = true;
        _wake.Signal();
        if (_reader.IsAlive)
            _reader.Join();
        _epoll.Dispose();
        _wake.Dispose();
        _socket.Dispose();
        _oneStatus.Dispose();
        _oneReload.Dispose();
        _oneWish.Dispose();
    }

    private void Send(ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            var error = _socket.Send(message);
            if (error != 0)
                throw new IOException($"the node process does not take messages: {new LinuxError(error)}");
        }
    }

    private void Read()
    {
        var buffer = new byte[Descriptors.LongestMessage];
        var ready = new EpollEvent[2];
        while (!_stop)
        {
            _epoll.Wait(ready, -1);
            _wake.Acknowledge();
            var isOpen = TakeAll(buffer, out var events);
            while (_drains.TryDequeue(out var drained))
                drained.TrySetResult();
            if (!isOpen)
                return; // the node is gone; the supervisor knows it and ends us
            if (events >= LongBurst)
                OnBurst?.Invoke();
        }
    }

    /// <summary>False when the channel is closed.</summary>
    /// <param name="buffer">For one message.</param>
    /// <param name="events">How many events were among them. The status of many virtual routers, which is asked for after a burst, is none.</param>
    private bool TakeAll(byte[] buffer, out int events)
    {
        events = 0;
        while (!_stop)
        {
            var result = _socket.TryReceive(buffer, out var length);
            if (result != ReceiveResult.Data)
                return result != ReceiveResult.Closed;
            events += length > 0 && buffer[0] == (byte)MessageKind.Event ? 1 : 0;
            Take(buffer.AsSpan(0, length));
        }

        return true;
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        var reader = new SpanReader(message);
        switch ((MessageKind)reader.ReadByte())
        {
            case MessageKind.Event:
                var nodeEvent = EventMessage.Read(ref reader, out var routerName);
                OnEvent?.Invoke(nodeEvent, routerName);
                _events.Add(EventText.Describe(nodeEvent, routerName, _clock));
                break;
            case MessageKind.RouterStatus:
                var number = reader.ReadInt32();
                var router = RouterStatusMessage.Read(ref reader);
                lock (_gate)
                    if (number == _request)
                        _routers.Add(router);
                break;
            case MessageKind.StatusEnd:
                var answered = reader.ReadInt32();
                var node = NodeStatus.Read(ref reader);
                TakeStatus(answered, node, HostLateness.Read(ref reader));
                break;
            case MessageKind.ConfigurationDone:
                var done = ConfigurationDoneMessage.Read(ref reader);
                lock (_gate)
                    if (done.Planned == _planning) // a plan that came too late is no answer to a reload
                        _done?.TrySetResult(done);
                break;
            case MessageKind.AsideDone:
                var granted = (AsideAnswer)reader.ReadByte();
                lock (_gate)
                    _aside?.TrySetResult(granted);
                break;
            case MessageKind.Aside:
            case MessageKind.StatusRequest:
            case MessageKind.ConfigurationPiece:
            case MessageKind.ConfigurationCommit:
            default:
                break; // not for this end
        }
    }

    private void TakeStatus(int request, in NodeStatus node, HostLateness lateness)
    {
        StatusAnswer answer;
        lock (_gate)
        {
            if (request != _request)
                return; // of a request whose client has gone
            // One that lost a message to a full channel is not given out as if it were whole.
            if (_routers.Count != node.Routers)
            {
                _status?.TrySetException(new IOException("the status was too large for the channel; ask again"));
                return;
            }

            answer = new StatusAnswer(node, lateness, _routers);
            _status?.TrySetResult(answer);
        }

        OnStatus?.Invoke(answer);
    }
}

/// <summary>The node's answer to a status request.</summary>
internal sealed record StatusAnswer(NodeStatus Node, HostLateness Lateness, IReadOnlyList<RouterStatus> Routers);
