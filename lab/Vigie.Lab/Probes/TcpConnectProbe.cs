using System.Collections.Immutable;
using System.Net.Sockets;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Linux;

namespace Vigie.Lab.Probes;

/// <summary>How a <see cref="TcpConnectProbe"/> connects.</summary>
public sealed record TcpConnectProbeOptions
{
    public int Port { get; init; } = TcpNameService.DefaultPort;

    /// <summary>The time from the start of one attempt to that of the next: at least 1 ms.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>An attempt that has no greeting after this time has failed. Short, because a lost SYN is repeated only after a second.</summary>
    public TimeSpan AttemptLimit { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Forget the target's MAC address before each attempt, as a client does that has never talked to it.</summary>
    public bool ColdArp { get; init; }

    /// <summary>The probe stops by itself after this time.</summary>
    public TimeSpan MaximumDuration { get; init; } = TimeSpan.FromMinutes(3);
}

/// <summary>One attempt to use the service over a new connection.</summary>
/// <param name="Started">When the connection was begun.</param>
/// <param name="Ended">When the greeting was there, or the attempt had failed.</param>
/// <param name="Host">Who greeted; null when nobody did.</param>
/// <param name="Error">What went wrong; "" when nothing did.</param>
public sealed record TcpAttempt(Instant Started, Instant Ended, string? Host, string Error);

/// <summary>What a <see cref="TcpConnectProbe"/> saw.</summary>
public sealed record TcpConnectResult(ImmutableArray<TcpAttempt> Attempts)
{
    public int Succeeded => Attempts.Count(attempt => attempt.Host is not null);

    /// <summary>The longest time between the greetings of two consecutive successful attempts that overlaps the span; null with fewer than two.</summary>
    public TimeSpan? Outage(Instant from, Instant to)
    {
        TimeSpan? longest = null;
        TcpAttempt? before = null;
        foreach (var attempt in Attempts.Where(attempt => attempt.Host is not null))
        {
            if (before is not null && attempt.Ended >= from && before.Ended <= to && !(attempt.Ended - before.Ended <= longest))
                longest = attempt.Ended - before.Ended;
            before = attempt;
        }

        return longest;
    }
}

/// <summary>
/// Opens a new TCP connection to the service behind an address again and again, one after the other, and notes whether
/// and by whom it was greeted. Its resolution during an outage is the limit of one attempt.
/// </summary>
public sealed class TcpConnectProbe : IDisposable
{
    private readonly LabHost _client;
    private readonly IpAddress _target;
    private readonly TcpConnectProbeOptions _options;
    private readonly Thread _thread;
    private readonly List<TcpAttempt> _attempts = [];
    private readonly Lock _gate = new();
    private volatile bool _stopping;

    private TcpConnectProbe(LabHost client, IpAddress target, TcpConnectProbeOptions options)
    {
        _client = client;
        _target = target;
        _options = options;
        _thread = NamespaceThread.StartThread(client.Namespace, $"connect {target}", Probe);
    }

    public static TcpConnectProbe Start(LabHost client, IpAddress target, TcpConnectProbeOptions? options = null) =>
        client.Run.Own(new TcpConnectProbe(client, target, options ?? new TcpConnectProbeOptions()));

    public TcpConnectResult Snapshot()
    {
        lock (_gate)
            return new TcpConnectResult([.. _attempts]);
    }

    public TcpConnectResult Stop()
    {
        Dispose();
        return Snapshot();
    }

    /// <summary>Waits until this host has greeted this many attempts more than now.</summary>
    public TimeSpan WaitForGreetingFrom(string host, int count = 3, TimeSpan? deadline = null)
    {
        var after = LabClock.Now;
        return Condition.WaitFor($"{count} greetings of {host}", () => Snapshot().Attempts.Count(attempt => attempt.Host == host && attempt.Started >= after) >= count, deadline);
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }

    private void Probe()
    {
        using var epoll = new Epoll();
        using var timer = new TimerFd();
        epoll.Add(timer, 0, EpollInterest.Readable);
        var end = LabClock.Now + _options.MaximumDuration;
        for (var due = LabClock.Now; !_stopping && due < end; due = Instant.Max(due + _options.Interval, LabClock.Now))
        {
            timer.Arm(due);
            WaitFor(epoll, due);
            if (_options.ColdArp)
                _client.TryExecute("ip", "neigh", "del", _target.ToString(), "dev", _client.Interfaces[0].Name);
            var attempt = Attempt(epoll, timer);
            lock (_gate)
                _attempts.Add(attempt);
        }
    }

    private TcpAttempt Attempt(Epoll epoll, TimerFd timer)
    {
        var started = LabClock.Now;
        var limit = started + _options.AttemptLimit;
        var endPoint = _target.ToEndPoint(_options.Port);
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, LingerState = new LingerOption(true, 0) };
        timer.Arm(limit);
        try
        {
            socket.Connect(endPoint);
        }
        catch (SocketException failure)
        {
            if (failure.SocketErrorCode != SocketError.WouldBlock && failure.SocketErrorCode != SocketError.InProgress)
                return new TcpAttempt(started, LabClock.Now, null, failure.SocketErrorCode.ToString());
        }

        epoll.Add(socket.SafeHandle, 1, EpollInterest.Readable);
        Span<byte> greeting = stackalloc byte[64];
        while (LabClock.Now < limit)
        {
            WaitFor(epoll, limit);
            var length = socket.Receive(greeting, SocketFlags.None, out var error);
            if (error == SocketError.Success && length > 0)
                return new TcpAttempt(started, LabClock.Now, System.Text.Encoding.ASCII.GetString(greeting[..length]).TrimEnd('\n'), "");
            if (error != SocketError.WouldBlock && error != SocketError.NotConnected)
                return new TcpAttempt(started, LabClock.Now, null, error == SocketError.Success ? "closed" : error.ToString());
        }

        return new TcpAttempt(started, LabClock.Now, null, "no greeting in time");
    }

    // Either the timer that was armed for that moment ends the wait, or the socket does.
    private static void WaitFor(Epoll epoll, Instant until)
    {
        Span<EpollEvent> ready = stackalloc EpollEvent[2];
        if (LabClock.Now < until)
            epoll.Wait(ready, -1);
    }
}
