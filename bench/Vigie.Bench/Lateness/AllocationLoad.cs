using System.Net.Sockets;
using System.Text;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Lab;
using Vigie.Lab.Daemons;

namespace Vigie.Bench.Lateness;

/// <summary>
/// Makes a daemon's control process allocate at a given rate, from outside and without any help inside it: requests with
/// dozens of long headers, each of which becomes strings there. The daemon's own count of allocated bytes says what one
/// request costs, and once a second how many more or fewer are needed.
/// </summary>
internal sealed class AllocationLoad : IDisposable
{
    private const int Connections = 2;
    private const int Headers = 56;
    private const int HeaderLength = 480; // the server takes 32 KB of headers in all
    private const int MostAtOnce = 32;
    private const int CalibrationRequests = 200;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan Correction = TimeSpan.FromSeconds(1);

    private readonly VigieDaemon _daemon;
    private readonly double _bytesPerSecond;
    private readonly List<Thread> _threads = [];
    private double _requestsPerSecond;
    private volatile Exception? _failure;
    private volatile bool _stopping;

    private AllocationLoad(VigieDaemon daemon, double bytesPerSecond)
    {
        _daemon = daemon;
        _bytesPerSecond = bytesPerSecond;
        _requestsPerSecond = bytesPerSecond / Calibrate();
        for (var i = 0; i < Connections; i++)
            _threads.Add(new Thread(() => Guard(Load)) { IsBackground = true, Name = $"load {i}" });
        _threads.Add(new Thread(() => Guard(Correct)) { IsBackground = true, Name = "load correction" });
        _threads.ForEach(thread => thread.Start());
    }

    /// <summary>Returns when the load has begun; it ends with <see cref="Dispose"/>.</summary>
    public static AllocationLoad Start(VigieDaemon daemon, double bytesPerSecond) => daemon.Host.Run.Own(new AllocationLoad(daemon, bytesPerSecond));

    /// <summary>A load that broke off is no load: then what was measured counts for nothing.</summary>
    public void ThrowIfBroken()
    {
        if (_failure is { } failure)
            throw new LabException($"the load broke off: {failure.Message}");
    }

    public void Dispose()
    {
        _stopping = true;
        _threads.ForEach(thread => thread.Join());
        _threads.Clear();
    }

    /// <summary>What control says it has allocated since it started.</summary>
    public static long Allocated(StatusDocument status) =>
        status.ControlProcess?.AllocatedBytes ?? throw new LabException("the status does not say what control allocated");

    private double Calibrate()
    {
        using var connection = new Connection(_daemon.Host.SocketPath);
        connection.Ask(CalibrationRequests / 2); // the first ones compile and grow buffers
        var before = Allocated(_daemon.Status());
        connection.Ask(CalibrationRequests);
        return (double)(Allocated(_daemon.Status()) - before) / CalibrationRequests;
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is SocketException or HttpRequestException or TaskCanceledException or LabException)
        {
            _failure = e;
        }
    }

    private void Load()
    {
        using var connection = new Connection(_daemon.Host.SocketPath);
        var last = LabClock.Now;
        var owed = 0.0;
        while (!_stopping)
        {
            Thread.Sleep(Turn);
            var now = LabClock.Now;
            // What a busy machine made us miss is not made up for: a flood would be another experiment.
            owed = Math.Min(MostAtOnce, owed + Volatile.Read(ref _requestsPerSecond) / Connections * (now - last).TotalSeconds);
            last = now;
            connection.Ask((int)owed);
            owed -= (int)owed;
        }
    }

    private void Correct()
    {
        var (at, allocated) = (LabClock.Now, Allocated(_daemon.Status()));
        while (!_stopping)
        {
            Thread.Sleep(Correction);
            var (now, total) = (LabClock.Now, Allocated(_daemon.Status()));
            var measured = (total - allocated) / (now - at).TotalSeconds;
            (at, allocated) = (now, total);
            // A little above, so that the average is not just below.
            Volatile.Write(ref _requestsPerSecond, _requestsPerSecond * Math.Clamp(1.02 * _bytesPerSecond / measured, 0.5, 2));
        }
    }

    /// <summary>A kept connection on which requests are sent several at a time.</summary>
    private sealed class Connection : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        private readonly byte[][] _requests = [Request('a'), Request('b')];
        private readonly byte[] _buffer = new byte[64 * 1024];
        private readonly int _answerLength;
        private int _next;

        public Connection(string path)
        {
            _socket.Connect(new UnixDomainSocketEndPoint(path));
            _socket.Send(_requests[0]);
            while (!_buffer.AsSpan(0, _answerLength).EndsWith("0\r\n\r\n"u8))
                _answerLength += Receive(_buffer.AsSpan(_answerLength));
        }

        /// <summary>Asks so many times and reads all answers, which are equally long.</summary>
        public void Ask(int count)
        {
            for (var i = 0; i < count; i++)
                _socket.Send(_requests[_next++ % _requests.Length]); // never the same twice: equal headers would be reused
            for (var missing = count * _answerLength; missing > 0;)
                missing -= Receive(_buffer.AsSpan(0, Math.Min(_buffer.Length, missing)));
        }

        public void Dispose() => _socket.Dispose();

        private int Receive(Span<byte> into)
        {
            var length = _socket.Receive(into);
            return length > 0 ? length : throw new LabException("control ended the connection of the load");
        }

        private static byte[] Request(char letter)
        {
            var text = new StringBuilder($"GET {ApiPaths.Version} HTTP/1.1\r\nHost: vigie\r\n");
            for (var i = 0; i < Headers; i++)
                text.Append($"X-Load-{i:00}: ").Append(letter, HeaderLength).Append("\r\n");
            return Encoding.ASCII.GetBytes(text.Append("\r\n").ToString());
        }
    }
}
