using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Events;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;
using Vigie.Node.Routers;

namespace Vigie.Node;

// Where the host listens, and what follows when it cannot: a virtual router that hears nobody takes no part, for it would
// take every Active's role. Until the kernel has said that it listens, a virtual router does not begin.
public sealed partial class ElectionLoop
{
    /// <summary>A refusal to listen is tried again after this time, for as long as it lasts.</summary>
    private static readonly TimeSpan ListenAgainAfter = TimeSpan.FromSeconds(1);

    private Instant _listenAgainAt = Instant.Never;
    private int _listeningGeneration;

    /// <summary>How listening on an interface went.</summary>
    public void OnListening(Instant now, in ListeningOutcome outcome)
    {
        if (outcome.Generation != _listeningGeneration || !_interfaces.TryGetValue(outcome.InterfaceIndex, out var on))
            return;
        var before = outcome.Family == IpFamily.IPv4 ? on.IPv4Listening : on.IPv6Listening;
        var state = new ListeningState(IsKnown: true, outcome.Error, outcome.GroupOnly);
        if (outcome.Family == IpFamily.IPv4)
            on.IPv4Listening = state;
        else
            on.IPv6Listening = state;
        if (outcome.Error != 0)
            _listenAgainAt = Instant.Min(_listenAgainAt, now + ListenAgainAfter);
        if (outcome.Error != 0 && outcome.Error != before.Error)
        {
            _events.Report(new NodeEvent
            {
                Kind = NodeEventKind.JoinFailed, At = now, Router = -1, Error = outcome.Error, Interface = on.Name,
                Source = outcome.Family == IpFamily.IPv4 ? VrrpCodec.MulticastIPv4 : VrrpCodec.MulticastIPv6,
            });
        }

        if (state == before)
            return;
        foreach (var router in _routers)
            if (router.Interface == on)
                Evaluate(now, router);
    }

    private static bool IsDeaf(RouterRuntime router, HostInterface on) =>
        (router.Config.HasFamily(IpFamily.IPv4) && on.IPv4Listening.IsDeaf(router.Config.HasPeers(IpFamily.IPv4)))
        || (router.Config.HasFamily(IpFamily.IPv6) && on.IPv6Listening.IsDeaf(router.Config.HasPeers(IpFamily.IPv6)));

    private static bool IsListeningKnown(RouterRuntime router) =>
        router.Interface is not { } on
        || ((on.IPv4Listening.IsKnown || !router.Config.HasFamily(IpFamily.IPv4))
            && (on.IPv6Listening.IsKnown || !router.Config.HasFamily(IpFamily.IPv6)));

    private void ListenAgainIfDue(Instant now)
    {
        if (now < _listenAgainAt)
            return;
        _listenAgainAt = Instant.Never;
        _listeningChanged = true;
    }

    /// <summary>Tells the network where to listen when that has changed.</summary>
    private void ListenIfChanged()
    {
        if (!_listeningChanged || !_started)
            return;
        _listeningChanged = false;
        _listenAgainAt = Instant.Never;
        var interfaces = ImmutableArray.CreateBuilder<ListeningInterface>();
        foreach (var on in _interfaces.Values)
        {
            var ipv4 = false;
            var ipv6 = false;
            foreach (var router in _routers)
            {
                if (router.Interface != on)
                    continue;
                ipv4 |= router.Config.HasFamily(IpFamily.IPv4);
                ipv6 |= router.Config.HasFamily(IpFamily.IPv6);
            }

            // What is not listened to any more is as unknown as it was before.
            if (!ipv4)
                on.IPv4Listening = ListeningState.Unknown;
            if (!ipv6)
                on.IPv6Listening = ListeningState.Unknown;
            if (ipv4 || ipv6)
                interfaces.Add(new ListeningInterface(on.Index, ipv4, ipv6, _rejoin.Contains(on.Index)));
        }

        _rejoin.Clear();
        _network.Listen(new ListeningPlan(interfaces.ToImmutable(), WatchedAddresses())
        {
            Generation = ++_listeningGeneration,
            RefusedAddresses = RefusedAddresses(_routers.Select(router => router.Config)),
            PeerRules = PeerRules(_inConfigurationOrder.Select(router => router.Config)),
        });
    }

    private ImmutableArray<IpAddress> WatchedAddresses() =>
        [.. _byVirtualAddress.Keys, .. _handovers.Select(h => h.Held.Address).Where(address => !_byVirtualAddress.ContainsKey(address))];

    /// <summary>
    /// The owner accepts whatever Accept_Mode says: the addresses are its own (RFC 9568 6.1). Sorted, so that the same
    /// addresses are always the same plan.
    /// </summary>
    private static ImmutableArray<IpAddress> RefusedAddresses(IEnumerable<VirtualRouterConfig> routers) =>
    [
        .. routers.Where(router => !router.Accept && router.Priority != VirtualRouterConfig.OwnerPriority)
            .SelectMany(router => router.Addresses).Select(prefix => prefix.Address).Distinct().Order(),
    ];

    private ImmutableArray<PeerRule> PeerRules(IEnumerable<VirtualRouterConfig> routers)
    {
        var rules = ImmutableArray.CreateBuilder<PeerRule>();
        foreach (var router in routers)
        {
            if (FindInterface(router.Interface) is not { } on)
                continue;
            foreach (var family in (ReadOnlySpan<IpFamily>)[IpFamily.IPv4, IpFamily.IPv6])
                if (router.HasFamily(family) && router.HasPeers(family))
                    rules.Add(new PeerRule(router.Name, on.Index, router.Vrid, family, [.. router.Peers.Where(p => p.Family == family)]));
        }

        return rules.ToImmutable();
    }
}
