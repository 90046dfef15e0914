using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Lab;
using Vigie.Linux;

namespace Vigie.Bench.Failover;

/// <summary>
/// Hears the advertisements of a family at the client, on a thread of its own. A fault can so be placed at a chosen time
/// after one: what a client loses depends on that by up to an interval, and both programs must be given the same.
/// </summary>
internal sealed class AdvertisementWatch : IDisposable
{
    private const int Capacity = 100_000;
    private const int RealTimePriority = 1; // as the probes: the daemons stay ahead
    private static readonly TimeSpan RuntimeLimit = TimeSpan.FromSeconds(10);

    private readonly VrrpSocket _socket;
    private readonly Epoll _epoll = new();
    private readonly EventFd _stop = new();
    private readonly EventFd _heard = new();
    private readonly Thread _thread;
    private readonly (IpAddress From, Instant At)[] _list = new (IpAddress, Instant)[Capacity];
    private int _count;

    public AdvertisementWatch(LabHost client, IpFamily family)
    {
        _socket = client.Inside(() =>
        {
            var socket = VrrpSocket.Open(family);
            foreach (var link in new RouteSocket().DumpLinks())
                if (!link.IsLoopback)
                    socket.Join(link.Index, family == IpFamily.IPv4 ? VrrpCodec.MulticastIPv4 : VrrpCodec.MulticastIPv6);
            return socket;
        });
        _epoll.Add(_socket, 1, EpollInterest.Readable);
        _epoll.Add(_stop, 2, EpollInterest.Readable);
        _thread = new Thread(Listen) { IsBackground = true, Name = $"watch {family}" };
        _thread.Start();
    }

    /// <summary>Waits until the given time after the next advertisement.</summary>
    public void WaitForPhase(TimeSpan phase)
    {
        var heard = WaitForNext(TimeSpan.FromSeconds(10)) ?? throw new LabException("no advertisement arrived at the client within 10 s");
        for (var left = heard + phase - Clock.Now(); left > TimeSpan.Zero; left = heard + phase - Clock.Now())
            Thread.Sleep(left);
    }

    /// <summary>When the first advertisement after this call arrives; null when none does within the time.</summary>
    public Instant? WaitForNext(TimeSpan patience)
    {
        var known = Volatile.Read(ref _count);
        return WaitForMore(known, patience);
    }

    /// <summary>How many have been heard so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>When the one after so many was heard; null when none is within the time.</summary>
    public Instant? WaitForMore(int known, TimeSpan patience)
    {
        using var epoll = new Epoll();
        epoll.Add(_heard, 1, EpollInterest.Readable);
        var ready = new EpollEvent[1];
        var until = Clock.Now() + patience;
        while (Volatile.Read(ref _count) <= known)
        {
            var left = until - Clock.Now();
            if (left <= TimeSpan.Zero)
                return null;
            epoll.Wait(ready, Math.Max(1, (int)left.TotalMilliseconds));
            _heard.Acknowledge();
        }

        return _list[known].At;
    }

    /// <summary>When the sender of the first advertisement was last heard before a moment at which another sends.</summary>
    public Instant LastOfFirstSender()
    {
        var count = Volatile.Read(ref _count);
        if (count == 0)
            throw new LabException("no advertisement was heard at the client");
        for (var i = count - 1; i > 0; i--)
            if (_list[i].From == _list[0].From)
                return _list[i].At;
        return _list[0].At;
    }

    public void Dispose()
    {
        _stop.Signal();
        _thread.Join();
        _epoll.Dispose();
        _socket.Dispose();
        _stop.Dispose();
        _heard.Dispose();
    }

    private void Listen()
    {
        _ = Scheduling.TryRealTime(RealTimePriority, RuntimeLimit);
        var ready = new EpollEvent[2];
        var buffer = new byte[VrrpCodec.MaximumLength + 64];
        while (true)
        {
            var count = _epoll.Wait(ready, -1);
            var now = Clock.Now();
            for (var i = 0; i < count; i++)
                if (ready[i].Token == 2)
                    return;
            while (_socket.TryReceive(buffer, out var received))
            {
                if (_count == Capacity)
                    continue;
                _list[_count] = (received.Source, now);
                Volatile.Write(ref _count, _count + 1);
            }

            _heard.Signal();
        }
    }
}
