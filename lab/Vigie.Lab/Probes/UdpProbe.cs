using System.Net.Sockets;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Linux;

namespace Vigie.Lab.Probes;

/// <summary>
/// Asks an address a numbered question every millisecond from a client host and notes who answered what and when. ARP
/// and neighbour discovery are the client's kernel's own. One thread both asks and listens, so that the time during
/// which the lab itself was not running is known and shown (<see cref="ProbeGap.LongestStall"/>) instead of being
/// taken for an outage.
/// </summary>
public sealed class UdpProbe : IDisposable
{
    /// <summary>How many overdue questions are asked in one go; more than that are left out (and counted) instead of sent as a flood.</summary>
    public const int MaximumCatchUp = 4;

    private const int MaximumResponders = 16;
    private const int MaximumStalls = 100_000;
    private static readonly TimeSpan LastAnswersWait = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly Thread _thread;
    private readonly UdpProbeOptions _options;

    // Only the probe's own thread writes these; readers take what is there without ever making it wait.
    private readonly long[] _sentAt;
    private readonly long[] _answeredAt;
    private readonly byte[] _answeredBy;
    private readonly (long At, TimeSpan Length)[] _stalls = new (long, TimeSpan)[MaximumStalls];
    private readonly byte[]?[] _responders = new byte[MaximumResponders][];
    private readonly long[] _answersOf = new long[MaximumResponders];
    private int _stallCount;
    private long _sent;
    private long _answered;
    private long _duplicates;
    private long _reordered;
    private long _leftOut;
    private long _sendErrors;
    private long _highestAnswered = -1;
    private int _lastResponder = -1;
    private volatile bool _stopping;

    private UdpProbe(LabHost client, IpAddress target, UdpProbeOptions options)
    {
        _options = options;
        Target = target;
        Client = client;
        var capacity = (int)(options.MaximumDuration / options.Interval) + MaximumCatchUp;
        _sentAt = new long[capacity];
        _answeredAt = new long[capacity];
        _answeredBy = new byte[capacity];
        _socket = client.Inside(() => Open(target, options.Port));
        _thread = NamespaceThread.StartThread(client.Namespace, $"probe {target}", Probe);
    }

    public LabHost Client { get; }

    public IpAddress Target { get; }

    /// <summary>Starts asking at once, whether or not anybody holds the address.</summary>
    public static UdpProbe Start(LabHost client, IpAddress target, UdpProbeOptions? options = null)
    {
        options ??= new UdpProbeOptions();
        options.Check();
        return client.Run.Own(new UdpProbe(client, target, options));
    }

    /// <summary>Who gave the latest answer; null before the first one. Free of waiting: for live views and conditions.</summary>
    public string? LastResponder
    {
        get
        {
            var index = Volatile.Read(ref _lastResponder);
            return index < 0 ? null : ResponderName(index);
        }
    }

    /// <summary>Questions asked so far.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Questions answered so far.</summary>
    public long Answered => Volatile.Read(ref _answered);

    /// <summary>How many answers this host has given so far.</summary>
    public long AnswersFrom(string host)
    {
        for (var i = 0; i < MaximumResponders && _responders[i] is not null; i++)
        {
            if (ResponderName(i) == host)
                return Interlocked.Read(ref _answersOf[i]);
        }

        return 0;
    }

    /// <summary>Waits until this host answers (again): until it has given <paramref name="count"/> more answers than now.</summary>
    public TimeSpan WaitForAnswerFrom(string host, TimeSpan? deadline = null, int count = 3)
    {
        var before = AnswersFrom(host);
        return Condition.WaitFor($"{count} answers of {host} from {Target}", () => AnswersFrom(host) >= before + count, deadline, TimeSpan.FromMilliseconds(2),
            () => $"the last answer was {LastResponder ?? "nobody"}'s");
    }

    /// <summary>What has been seen so far. Questions whose answer may still be on its way count as lost only in <see cref="Stop"/>.</summary>
    public UdpProbeResult Snapshot()
    {
        var names = _responders.TakeWhile(name => name is not null).Select((_, index) => ResponderName(index)).ToArray();
        var stalls = _stalls.AsSpan(0, Volatile.Read(ref _stallCount));
        // The answers first: a question that is asked meanwhile is then simply not part of the picture.
        var sent = (int)Volatile.Read(ref _sent);
        var answeredAt = _answeredAt.AsSpan(0, sent).ToArray();
        return new UdpProbeResult(Target, _options.Interval, names, _sentAt.AsSpan(0, sent), answeredAt, _answeredBy, stalls)
        {
            Duplicates = _duplicates,
            Reordered = _reordered,
            LeftOut = _leftOut,
            SendErrors = _sendErrors,
        };
    }

    /// <summary>Asks no more, waits up to a second for the answer to the last question, and returns what was seen.</summary>
    public UdpProbeResult Stop()
    {
        _stopping = true;
        _thread.Join();
        return Snapshot();
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _socket.Dispose();
    }

    private static Socket Open(IpAddress target, int port)
    {
        var family = target.Family == IpFamily.IPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20, Blocking = false };
        // Connected: only answers that come from the asked address count, and its source address is fixed.
        socket.Connect(target.ToEndPoint(port));
        return socket;
    }

    private void Probe()
    {
        ProbePriority.Raise();
        var interval = _options.Interval.Ticks * 100;
        using var epoll = new Epoll();
        using var timer = new TimerFd();
        epoll.Add(_socket.SafeHandle, 0, EpollInterest.Readable);
        epoll.Add(timer, 1, EpollInterest.Readable);
        Span<EpollEvent> ready = stackalloc EpollEvent[2];
        var due = LabClock.Now.Nanoseconds;
        var lastTurn = due;
        long? end = null;
        while (true)
        {
            var now = LabClock.Now.Nanoseconds;
            if (now - lastTurn > 2 * interval)
                NoteStall(lastTurn, now);
            lastTurn = now;
            Listen();
            if (end is null)
                due = AskWhatIsDue(now, due, interval);
            if (end is null && (_stopping || _sent >= _sentAt.Length - MaximumCatchUp))
                end = now + LastAnswersWait.Ticks * 100;
            if (now >= end || (end is not null && _highestAnswered == _sent - 1))
                return;
            if (end is not null)
                due = now + interval;
            timer.Arm(new Instant(due));
            epoll.Wait(ready, -1);
        }
    }

    /// <summary>Returns when the next question is due.</summary>
    private long AskWhatIsDue(long now, long due, long interval)
    {
        Span<byte> question = stackalloc byte[ProbeDatagram.QuestionLength];
        for (var asked = 0; due <= now && asked < MaximumCatchUp && _sent < _sentAt.Length; asked++)
        {
            ProbeDatagram.WriteQuestion(question, _sent);
            _sentAt[_sent] = LabClock.Now.Nanoseconds;
            Volatile.Write(ref _sent, _sent + 1);
            _socket.Send(question, SocketFlags.None, out var error);
            if (error != SocketError.Success)
                _sendErrors++;
            due += interval;
        }

        if (due > now)
            return due;
        var missed = (now - due) / interval + 1;
        _leftOut += missed;
        return due + missed * interval;
    }

    private void Listen()
    {
        Span<byte> buffer = stackalloc byte[ProbeDatagram.MaximumLength];
        // An error here is an ICMP message about an earlier question: that one is lost, the socket goes on.
        for (var errors = 0; errors < 16;)
        {
            var length = _socket.Receive(buffer, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return;
            if (error != SocketError.Success)
                errors++;
            else if (ProbeDatagram.TryReadAnswer(buffer[..length], out var number, out var name) && number >= 0 && number < _sent)
                Note(number, name);
        }
    }

    private void Note(long number, ReadOnlySpan<byte> name)
    {
        var responder = IndexOf(name);
        Interlocked.Increment(ref _answersOf[responder]);
        Volatile.Write(ref _lastResponder, responder);
        if (_answeredAt[number] != 0)
        {
            _duplicates++;
            return;
        }

        _answeredBy[number] = (byte)responder;
        Volatile.Write(ref _answeredAt[number], LabClock.Now.Nanoseconds);
        Volatile.Write(ref _answered, _answered + 1);
        if (number < _highestAnswered)
            _reordered++;
        _highestAnswered = Math.Max(_highestAnswered, number);
    }

    private void NoteStall(long from, long to)
    {
        if (_stallCount == MaximumStalls)
            return;
        _stalls[_stallCount] = (from, new TimeSpan((to - from) / 100));
        Volatile.Write(ref _stallCount, _stallCount + 1);
    }

    private int IndexOf(ReadOnlySpan<byte> name)
    {
        var index = 0;
        while (_responders[index] is { } known)
        {
            if (name.SequenceEqual(known))
                return index;
            if (++index == MaximumResponders)
                throw new LabException($"more than {MaximumResponders} hosts answer");
        }

        Volatile.Write(ref _responders[index], name.ToArray());
        return index;
    }

    private string ResponderName(int index) => System.Text.Encoding.ASCII.GetString(Volatile.Read(ref _responders[index])!);
}
