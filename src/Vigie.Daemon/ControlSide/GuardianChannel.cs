using Vigie.Daemon.GuardianSide;
using Vigie.Linux;
using Vigie.Node.Messages;

namespace Vigie.Daemon.ControlSide;

/// <summary>Control's end of what the guardian tells: a thread of its own reads; events go to the ring, the last status is kept.</summary>
internal sealed class GuardianChannel : IDisposable
{
    private readonly SeqPacketSocket _socket;
    private readonly EventRing _events;
    private readonly Epoll _epoll = new();
    private readonly EventFd _wake = new();
    private readonly Thread _reader;
    private readonly Lock _gate = new();
    private GuardianSnapshot _status;
    private volatile bool _stop;

    public GuardianChannel(SeqPacketSocket socket, EventRing events)
    {
        _socket = socket;
        _events = events;
        _epoll.Add(socket, 1, EpollInterest.Readable);
        _epoll.Add(_wake, 2, EpollInterest.Readable);
        _reader = new Thread(Read) { Name = "guardian-channel", IsBackground = true };
    }

    /// <summary>What the guardian last said of itself.</summary>
    public GuardianSnapshot Status
    {
        get
        {
            lock (_gate)
                return _status;
        }
    }

    public void Start() => _reader.Start();

    public void Dispose()
    {
        _stop = true;
        _wake.Signal();
        if (_reader.IsAlive)
            _reader.Join();
        _epoll.Dispose();
        _wake.Dispose();
        _socket.Dispose();
    }

    private void Read()
    {
        var buffer = new byte[Descriptors.LongestMessage];
        var ready = new EpollEvent[2];
        while (!_stop)
        {
            _epoll.Wait(ready, -1);
            while (!_stop)
            {
                var result = _socket.TryReceive(buffer, out var length);
                if (result == ReceiveResult.Closed)
                    return; // the guardian is gone, and with it we go
                if (result != ReceiveResult.Data)
                    break;
                Take(buffer.AsSpan(0, length));
            }
        }
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        var reader = new SpanReader(message);
        switch (reader.ReadByte())
        {
            case ReportMessages.Event:
                _events.Add(ReportMessages.ReadEvent(ref reader));
                break;
            case ReportMessages.Status:
                var status = ReportMessages.ReadStatus(ref reader);
                lock (_gate)
                    _status = status;
                break;
            default:
                break;
        }
    }
}
