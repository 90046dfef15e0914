using System.Collections.Immutable;
using System.Net.Sockets;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Linux;

namespace Vigie.Lab.Probes;

/// <summary>How a long-lived connection ended.</summary>
public enum StreamEnd
{
    /// <summary>It still stood when the probe was stopped.</summary>
    StillOpen,

    /// <summary>Somebody answered with a reset: the client knows at once.</summary>
    Reset,

    /// <summary>The other side closed it in order.</summary>
    Closed,

    /// <summary>No answer for the probe's limit: the client had to find out by itself.</summary>
    Silent,
}

/// <summary>One long-lived connection as the client saw it.</summary>
/// <param name="Host">Who greeted.</param>
/// <param name="Opened">When the greeting arrived.</param>
/// <param name="LastAnswer">When the last answer arrived.</param>
/// <param name="Ended">When the client knew that it was over.</param>
/// <param name="Answers">Lines answered.</param>
/// <param name="End">How it ended.</param>
public sealed record TcpConversation(string Host, Instant Opened, Instant LastAnswer, Instant Ended, int Answers, StreamEnd End);

/// <summary>
/// Keeps one TCP connection to the service behind an address open and asks a line on it every few milliseconds; when it
/// breaks, notes how, and opens the next one.
/// </summary>
public sealed class TcpStreamProbe : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(5);

    private readonly IpAddress _target;
    private readonly int _port;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _silenceLimit;
    private readonly Thread _thread;
    private readonly List<TcpConversation> _ended = [];
    private readonly Lock _gate = new();
    private TcpConversation? _current;
    private volatile bool _stopping;

    private TcpStreamProbe(LabHost client, IpAddress target, TimeSpan interval, TimeSpan silenceLimit, int port)
    {
        _target = target;
        _port = port;
        _interval = interval;
        _silenceLimit = silenceLimit;
        _thread = NamespaceThread.StartThread(client.Namespace, $"stream {target}", Probe);
    }

    /// <param name="client">Where the client runs.</param>
    /// <param name="target">The address of the service.</param>
    /// <param name="interval">Between two lines; default 10 ms.</param>
    /// <param name="silenceLimit">After this long without an answer the client gives the connection up; default 10 s.</param>
    /// <param name="port">The port of the service.</param>
    public static TcpStreamProbe Start(LabHost client, IpAddress target, TimeSpan? interval = null, TimeSpan? silenceLimit = null, int port = TcpNameService.DefaultPort) =>
        client.Run.Own(new TcpStreamProbe(client, target, interval ?? TimeSpan.FromMilliseconds(10), silenceLimit ?? TimeSpan.FromSeconds(10), port));

    /// <summary>The connections so far, the open one last.</summary>
    public ImmutableArray<TcpConversation> Conversations
    {
        get
        {
            lock (_gate)
                return _current is null ? [.. _ended] : [.. _ended, _current];
        }
    }

    /// <summary>Waits until the open connection is with this host and has been answered this many times.</summary>
    public TimeSpan WaitForStreamTo(string host, int answers = 3, TimeSpan? deadline = null) =>
        Condition.WaitFor($"a connection to {host}", () => Conversations.LastOrDefault() is { End: StreamEnd.StillOpen } last && last.Host == host && last.Answers >= answers, deadline);

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }

    private void Probe()
    {
        using var timer = new TimerFd();
        while (!_stopping)
        {
            using var epoll = new Epoll();
            epoll.Add(timer, 0, EpollInterest.Readable);
            using var socket = TryOpen(epoll, timer);
            if (socket is not null)
                Converse(socket, epoll, timer);
        }
    }

    private Socket? TryOpen(Epoll epoll, TimerFd timer)
    {
        var endPoint = _target.ToEndPoint(_port);
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true, LingerState = new LingerOption(true, 0) };
        try
        {
            socket.Connect(endPoint);
        }
        catch (SocketException)
        {
            // It is under way, or a failure that the wait below will show.
        }

        epoll.Add(socket.SafeHandle, 1, EpollInterest.Readable);
        Span<byte> greeting = stackalloc byte[64];
        for (var limit = LabClock.Now + ConnectLimit; LabClock.Now < limit;)
        {
            Wait(epoll, timer, limit);
            var length = socket.Receive(greeting, SocketFlags.None, out var error);
            if (error == SocketError.Success && length > 0)
            {
                var now = LabClock.Now;
                lock (_gate)
                    _current = new TcpConversation(System.Text.Encoding.ASCII.GetString(greeting[..length]).TrimEnd('\n'), now, now, now, 0, StreamEnd.StillOpen);
                return socket;
            }

            if (error != SocketError.WouldBlock && error != SocketError.NotConnected)
                break;
        }

        socket.Dispose();
        Thread.Sleep(RetryPause);
        return null;
    }

    private void Converse(Socket socket, Epoll epoll, TimerFd timer)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var due = LabClock.Now;
        while (!_stopping)
        {
            var now = LabClock.Now;
            if (now >= due)
            {
                socket.Send("?\n"u8, SocketFlags.None, out _);
                due = Instant.Max(due + _interval, now);
            }

            var length = socket.Receive(buffer, SocketFlags.None, out var error);
            now = LabClock.Now;
            StreamEnd? end = null;
            if (error == SocketError.Success && length == 0)
                end = StreamEnd.Closed;
            else if (error is not (SocketError.Success or SocketError.WouldBlock))
                end = StreamEnd.Reset;
            else if (now - _current!.LastAnswer > _silenceLimit)
                end = StreamEnd.Silent;
            Note(now, error == SocketError.Success ? buffer[..length].Count((byte)'\n') : 0, end);
            if (end is not null)
                return;
            Wait(epoll, timer, due);
        }
    }

    private void Note(Instant now, int answers, StreamEnd? end)
    {
        lock (_gate)
        {
            _current = _current! with { Answers = _current.Answers + answers, LastAnswer = answers > 0 ? now : _current.LastAnswer, Ended = now, End = end ?? StreamEnd.StillOpen };
            if (end is null)
                return;
            _ended.Add(_current);
            _current = null;
        }
    }

    private static void Wait(Epoll epoll, TimerFd timer, Instant until)
    {
        Span<EpollEvent> ready = stackalloc EpollEvent[2];
        timer.Arm(until);
        epoll.Wait(ready, -1);
    }
}
