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
        while (_socket.TryReceive(_buffer, out _))
        {
            // What arrived before this call says nothing of the next one.
        }

        if (_epoll.Wait(_ready, 10_000) == 0)
            throw new LabException("no advertisement arrived at the client within 10 s");
        var until = Clock.Now() + phase;
        for (var left = phase; left > TimeSpan.Zero; left = until - Clock.Now())
            Thread.Sleep(left);
    }

    public void Dispose()
    {
        _epoll.Dispose();
        _socket.Dispose();
    }
}
