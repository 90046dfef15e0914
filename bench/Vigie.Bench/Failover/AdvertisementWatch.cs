using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Lab;
using Vigie.Linux;

namespace Vigie.Bench.Failover;

/// <summary>
/// Hears the owner's advertisements at the client, so that a fault can be placed at a chosen time after one: what a
/// client loses depends on it by up to an interval, and both programs must be given the same.
/// </summary>
internal sealed class AdvertisementWatch : IDisposable
{
    private readonly VrrpSocket _socket;
    private readonly Epoll _epoll = new();
    private readonly EpollEvent[] _ready = new EpollEvent[1];
    private readonly byte[] _buffer = new byte[VrrpCodec.MaximumLength + 64];

    public AdvertisementWatch(LabHost client)
    {
        _socket = client.Inside(() =>
        {
            var socket = VrrpSocket.Open(IpFamily.IPv4);
            foreach (var link in new RouteSocket().DumpLinks())
                if (!link.IsLoopback)
                    socket.Join(link.Index, VrrpCodec.MulticastIPv4);
            return socket;
        });
        _epoll.Add(_socket, 1, EpollInterest.Readable);
    }

    /// <summary>Returns the given time after the next advertisement.</summary>
    public void WaitForPhase(TimeSpan phase)
    {
        Forget();
        var heard = TryHear(TimeSpan.FromSeconds(10)) ?? throw new LabException("no advertisement arrived at the client within 10 s");
        for (var left = heard + phase - Clock.Now(); left > TimeSpan.Zero; left = heard + phase - Clock.Now())
            Thread.Sleep(left);
    }

    /// <summary>What arrived before this call says nothing of what comes.</summary>
    public void Forget()
    {
        while (_socket.TryReceive(_buffer, out _))
        {
            // Read and forgotten.
        }
    }

    /// <summary>When the next advertisement arrived; null when none does within the time.</summary>
    public Instant? TryHear(TimeSpan patience)
    {
        if (_epoll.Wait(_ready, (int)patience.TotalMilliseconds) == 0)
            return null;
        var now = Clock.Now();
        Forget();
        return now;
    }

    public void Dispose()
    {
        _epoll.Dispose();
        _socket.Dispose();
    }
}
