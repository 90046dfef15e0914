using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;
using Vigie.Node.Routers;

namespace Vigie.Node.Releasing;

//   resign (priority 0) ──► wait for the successor ──► 50 ms for its announcements ──► remove the addresses
//                                   └─ nobody came ──► remove, or leave them to the kernel for a little while

/// <summary>
/// Gives up what a daemon has left behind that can no longer do it by itself: it resigns for every virtual router that was
/// Active here, and removes every address with our tag. That a router was Active is known by its addresses: only an Active
/// has them. They serve until a successor has taken over, so that clients lose nothing. Synchronous; time in, calls of ports out.
/// </summary>
public sealed class ReleaseLoop
{
    /// <summary>The longest wait for a successor: whoever runs a release wants to go on.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(800);

    /// <summary>From a successor's first advertisement to the removal: its gratuitous ARP and neighbour advertisements come in between.</summary>
    public static readonly TimeSpan AnnouncementTime = TimeSpan.FromMilliseconds(50);

    /// <summary>The same for each of many addresses: a successor announces them one after the other.</summary>
    public static readonly TimeSpan AnnouncementTimePerAddress = TimeSpan.FromMicroseconds(200);

    /// <summary>How late a successor on a busy host may be.</summary>
    public static readonly TimeSpan SuccessorLateness = TimeSpan.FromMilliseconds(100);

    private readonly IAdvertisementPort _advertisements;
    private readonly IReleaseHost _host;
    private readonly Dictionary<int, HostInterface> _interfaces = [];
    private readonly List<HeldRouter> _held = [];
    private readonly List<(int Interface, ImmutableArray<IpPrefix> Addresses)> _strays = [];
    private readonly byte[] _message = new byte[VrrpCodec.MaximumLength];
    private Instant _startedAt;

    /// <summary>Looks at what this host holds; changes nothing yet.</summary>
    public ReleaseLoop(
        NodeConfig config, ReadOnlySpan<LinkReport> links, ReadOnlySpan<AddressReport> addresses, IAdvertisementPort advertisements, IReleaseHost host)
    {
        (_advertisements, _host) = (advertisements, host);
        foreach (var link in links)
            (_interfaces[link.Index] = new HostInterface(link.Index)).Update(link);
        foreach (var address in addresses)
            if (_interfaces.TryGetValue(address.InterfaceIndex, out var on))
                on.Set(address);
        FindHeld(config);
        FindStrays();
    }

    /// <summary>Nothing here carries our tag.</summary>
    public bool IsEmpty => _held.Count == 0 && _strays.Count == 0;

    /// <summary>Everything is done.</summary>
    public bool IsFinished => _held.Count == 0;

    /// <summary>Where successors are to be heard from before <see cref="Start"/>.</summary>
    public ImmutableArray<ListeningInterface> Listening()
    {
        var listening = new SortedDictionary<int, ListeningInterface>();
        foreach (var held in _held)
        {
            listening.TryGetValue(held.On.Index, out var on);
            listening[held.On.Index] = new ListeningInterface(
                held.On.Index, on.IPv4 || !held.Source(IpFamily.IPv4).IsNone, on.IPv6 || !held.Source(IpFamily.IPv6).IsNone, Rejoin: false);
        }

        return [.. listening.Values];
    }

    /// <summary>Resigns, and removes what nobody can take over.</summary>
    public void Start(Instant now)
    {
        _startedAt = now;
        foreach (var (index, addresses) in _strays)
        {
            _host.Remove(index, addresses);
            _host.Report(new ReleaseReport(ReleaseOutcome.Unknown, null, addresses));
        }

        for (var i = _held.Count - 1; i >= 0; i--)
        {
            var held = _held[i];
            held.AwaitsIPv4 = Resign(held, IpFamily.IPv4);
            held.AwaitsIPv6 = Resign(held, IpFamily.IPv6);
            held.GiveUpAt = now + WaitFor(held.Router.Config);
            if (!held.AwaitsIPv4 && !held.AwaitsIPv6)
                Finish(i, ReleaseOutcome.NotSent);
        }
    }

    /// <summary>A VRRP message arrived.</summary>
    public void OnMessage(Instant now, in ReceivedMessage received, ReadOnlySpan<byte> message)
    {
        if (received.HopLimit != AdvertisementCheck.RequiredHopLimit
            || VrrpCodec.TryDecode(message, received.Source, received.Destination, out var heard, out _) != VrrpError.None
            || heard.Priority == 0)
            return;
        foreach (var held in _held)
        {
            var family = received.Source.Family;
            if (held.On.Index != received.InterfaceIndex || held.Router.Config.Vrid != heard.Vrid || held.Source(family).IsNone
                || AdvertisementCheck.Check(held.Router.Config, held.Router.AuthenticationData, held.Source(family), received, heard) != DropReason.None)
                continue;
            if (family == IpFamily.IPv4)
                held.AwaitsIPv4 = false;
            else
                held.AwaitsIPv6 = false;
            if (held.AwaitsIPv4 || held.AwaitsIPv6 || held.Successor != default)
                continue;
            (held.Successor, held.SuccessorAfter) = (received.Source, now - _startedAt);
            held.GiveUpAt = now + AnnouncementTime + held.Addresses.Length * AnnouncementTimePerAddress;
        }
    }

    /// <summary>Does what is due and returns when to be called again. All messages that arrived before must have been given.</summary>
    public Instant Step(Instant now)
    {
        var next = Instant.Never;
        for (var i = _held.Count - 1; i >= 0; i--)
        {
            var held = _held[i];
            if (now < held.GiveUpAt)
                next = Instant.Min(next, held.GiveUpAt);
            else if (held.Successor != default)
                Finish(i, ReleaseOutcome.TakenOver);
            else if (LongestSkew(held.Router.Config) + SuccessorLateness <= LongestWait)
                Finish(i, ReleaseOutcome.NoSuccessor);
            else
                Finish(i, ReleaseOutcome.LeftToKernel);
        }

        return next;
    }

    private void FindHeld(NodeConfig config)
    {
        for (var i = 0; i < config.VirtualRouters.Length; i++)
        {
            var router = new RouterRuntime(i, config.VirtualRouters[i], new RouterSchedule());
            foreach (var on in _interfaces.Values)
            {
                if (on.Name != router.Config.Interface)
                    continue;
                var addresses = router.HeldAddresses(on, out var count);
                if (count > 0)
                    _held.Add(new HeldRouter(router, on, [.. addresses[..count]]));
            }
        }
    }

    private void FindStrays()
    {
        foreach (var on in _interfaces.Values)
        {
            ImmutableArray<IpPrefix> strays = [.. on.Ours.Where(ours => !_held.Any(held => held.On == on && held.Addresses.Contains(ours)))];
            if (!strays.IsEmpty)
                _strays.Add((on.Index, strays));
        }
    }

    /// <summary>Sends priority 0 to the group or to every peer of a family; whether any of it left.</summary>
    private bool Resign(HeldRouter held, IpFamily family)
    {
        var source = held.Source(family);
        if (source.IsNone || !held.On.Running)
            return false;
        if (!held.Router.Config.HasPeers(family))
            return ResignTo(held, source, family == IpFamily.IPv4 ? VrrpCodec.MulticastIPv4 : VrrpCodec.MulticastIPv6);
        var sent = false;
        foreach (var peer in held.Router.Config.Peers)
            if (peer.Family == family && peer != source)
                sent |= ResignTo(held, source, peer);
        return sent;
    }

    private bool ResignTo(HeldRouter held, IpAddress source, IpAddress destination)
    {
        var length = VrrpCodec.Encode(
            held.Router.Advertisement(source.Family, priority: 0), held.Router.Advertised(source.Family), source, destination, _message);
        return _advertisements.Send(held.On.Index, source, destination, _message.AsSpan(0, length)).Error == 0;
    }

    private void Finish(int index, ReleaseOutcome outcome)
    {
        var held = _held[index];
        _held.RemoveAt(index);
        var seconds = 0u;
        if (outcome == ReleaseOutcome.LeftToKernel)
        {
            var left = LongestSkew(held.Router.Config) - LongestWait + SuccessorLateness;
            seconds = (uint)Math.Ceiling(left.TotalSeconds);
            _host.Expire(held.On.Index, held.Addresses, seconds);
        }
        else
        {
            _host.Remove(held.On.Index, held.Addresses);
        }

        _host.Report(new ReleaseReport(outcome, held.Router.Config.Name, held.Addresses, held.Successor, held.SuccessorAfter, seconds));
    }

    private static TimeSpan WaitFor(VirtualRouterConfig config)
    {
        var wait = LongestSkew(config) + SuccessorLateness;
        return wait < LongestWait ? wait : LongestWait;
    }

    // A successor waits Skew_Time after a resignation; the one with the lowest priority waits longest (RFC 9568 6.4.2).
    private static TimeSpan LongestSkew(VirtualRouterConfig config) => ElectionTimers.SkewTime(config.Version, 1, config.AdvertisementInterval);

    /// <summary>A virtual router that was Active here.</summary>
    private sealed class HeldRouter(RouterRuntime router, HostInterface on, ImmutableArray<IpPrefix> addresses)
    {
        private readonly IpAddress _ipv4 = ElectionLoop.Primary(router, on, IpFamily.IPv4);
        private readonly IpAddress _ipv6 = ElectionLoop.Primary(router, on, IpFamily.IPv6);

        public RouterRuntime Router { get; } = router;

        public HostInterface On { get; } = on;

        public ImmutableArray<IpPrefix> Addresses { get; } = addresses;

        public bool AwaitsIPv4 { get; set; }

        public bool AwaitsIPv6 { get; set; }

        public Instant GiveUpAt { get; set; }

        public IpAddress Successor { get; set; }

        public TimeSpan SuccessorAfter { get; set; }

        public IpAddress Source(IpFamily family) => family == IpFamily.IPv4 ? _ipv4 : _ipv6;
    }
}
