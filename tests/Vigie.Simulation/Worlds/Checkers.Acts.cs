using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;

namespace Vigie.Simulation.Worlds;

// What must never happen, checked at the moment it would.
internal sealed partial class Checkers
{
    private (SimulatedHost Host, int Router, IpAddress Source, byte Priority)? _being;

    public void OnProcessStarted(SimulatedHost host)
    {
        for (var router = 0; router < _world.Plan.Routers; router++)
            _views[host.Number, router] = new RouterView();
    }

    public void OnProcessGone(SimulatedHost host) => OnProcessStarted(host);

    public void OnRemoved(SimulatedHost host, IpPrefix prefix) => _removedAt[(host.Number, prefix.Address)] = Now;

    /// <summary>A host that is at work renews in time; only what nobody renews any more may expire.</summary>
    public void OnExpired(SimulatedHost host, IpPrefix prefix)
    {
        if (!host.Runs || host.Stopping || host.Kernel.SlownessSeen > TimeSpan.Zero || Now - host.RunsSince < TimeSpan.FromSeconds(1.5)
            || DisturbedSince(Now - TimeSpan.FromSeconds(3), host.Number))
            return;
        var routers = host.Config.VirtualRouters;
        for (var router = 0; router < routers.Length; router++)
            if (_views[host.Number, router].State == RouterState.Active && routers[router].Addresses.Contains(prefix))
                throw new ViolationException($"{host} is Active and let {prefix} expire");
    }

    /// <summary>What a dead host leaves must not outlast the takeover for long: four of its intervals and two and a quarter seconds.</summary>
    public void OnLifetime(SimulatedHost host, IpPrefix prefix, uint seconds)
    {
        if (TimeSpan.FromSeconds(seconds) > 4 * _world.Plan.LongestInterval + TimeSpan.FromSeconds(2.25))
            throw new ViolationException($"{host} holds {prefix} for {seconds} s after its death");
    }

    /// <summary>A message is about to be given to a host's election.</summary>
    public void BeforeMessage(SimulatedHost host, IpAddress source, IpAddress destination, byte[] message)
    {
        if (VrrpCodec.TryDecode(message, source, destination, out var heard, out _) != VrrpError.None)
            throw new ViolationException($"{host} was sent a message that cannot be read");
        var router = heard.Vrid - 51;
        var view = _views[host.Number, router];
        view.ListensFirstSince = Instant.Never;
        _being = (host, router, source, heard.Priority);
        if (_world.Tracing)
            _world.Note(host, $"hears {source} vrid {heard.Vrid} priority {heard.Priority}");
        if (heard.Priority > 0)
            view.ResignedAt = Instant.Never;
        // A resignation that another one's word has overtaken says nothing of that other one.
        var last = source.Family == IpFamily.IPv4 ? view.HeardIPv4 : view.HeardIPv6;
        if (heard.Priority == 0 && last is { Priority: > 0 } && last.Source != source)
            return;
        // Nor does the last word of the one who was Active until a better one spoke, a moment ago.
        if (heard.Priority != 0 && last is { Priority: > 0 } && last.Source != source && last.Displaced == source
            && Now - last.At < last.Interval && Now - last.DisplacedAt < 2 * last.Interval
            && (heard.Priority < last.Priority || (heard.Priority == last.Priority && source < last.Source)))
            return;
        var displaces = last is { Priority: > 0 } && last.Source != source;
        var note = new Heard(Now, source, heard.Priority, heard.Interval,
            displaces ? last!.Source : last?.Displaced ?? IpAddress.None, displaces ? Now : last?.DisplacedAt ?? Instant.Zero);
        if (source.Family == IpFamily.IPv4)
            view.HeardIPv4 = note;
        else
            view.HeardIPv6 = note;
        ref var lowerSince = ref view.LowerSince[source.Family == IpFamily.IPv6 ? 1 : 0];
        if (heard.Priority == 0 || heard.Priority >= host.Config.VirtualRouters[router].Priority)
            lowerSince = Instant.Never;
        else if (lowerSince == Instant.Never)
            lowerSince = Now;
    }

    public void AfterMessage(SimulatedHost host) => _being = null;

    public void OnSent(SimulatedHost host, IpAddress source, IpAddress destination, byte[] message)
    {
        VrrpCodec.TryDecode(message, source, destination, out var sent, out _);
        if (_world.Tracing)
            _world.Note(host, $"sends {source} > {destination} vrid {sent.Vrid} priority {sent.Priority}");
        var view = _views[host.Number, sent.Vrid - 51];
        if (view.State == RouterState.Active && sent.Priority != 0 && !SendsInTime(host, sent.Vrid - 51, view))
            throw new ViolationException($"{host} advertises vrid {sent.Vrid} late: last at {view.LastSentAt}");
        view.LastSentAt = Now;
        view.ResignedAt = sent.Priority == 0 ? Now : Instant.Never;
    }

    /// <summary>Make before break: who resigns in order serves until a successor speaks, or until it is sure that there is none.</summary>
    public void BeforeRelease(SimulatedHost host, IpPrefix prefix)
    {
        var router = RouterOf(host, prefix.Address);
        if (router < 0)
            return;
        var view = _views[host.Number, router];
        var interval = host.Config.VirtualRouters[router].AdvertisementInterval;
        if (view.ResignedAt == Instant.Never || view.State == RouterState.Fault || !host.Kernel.Serves(prefix.Address)
            || Now - view.ResignedAt >= 0.99 * Succession(interval)
            || DisturbedSince(view.ResignedAt + TimeSpan.FromTicks(1), host.Number))
            return;
        throw new ViolationException($"{host} resigned at {view.ResignedAt} and removed {prefix} before a successor spoke");
    }

    /// <summary>Teaching neighbours an address that is not there sends their packets into a void.</summary>
    public void OnAnnounced(SimulatedHost host, byte[] frame)
    {
        var address = AnnouncedAddress(frame);
        if (_world.Tracing)
            _world.Note(host, $"announces {address}");
        var router = RouterOf(host, address);
        // Whoever has heard of an Active does not ask, least of all at a takeover.
        if (router >= 0 && ProbeAnswer.Asked(frame) is not null && _views[host.Number, router].ListensFirstSince != Instant.Never)
            return;
        // A reload has taken the address from its virtual router: it is served until whoever has it now, too, answers.
        if (ProbeAnswer.Asked(frame) is not null && host.Kernel.HoldsOurs(address))
            return;
        if (router < 0 || _views[host.Number, router].State != RouterState.Active)
            throw new ViolationException($"{host} announces {address} without being Active for it");
        if (host.Kernel.Serves(address))
            return;
        // The kernel's word that somebody removed it may still be under way.
        if (_removedAt.TryGetValue((host.Number, address), out var at)
            && Now - Instant.Max(at, host.RunsSince) <= KernelBound())
            return;
        throw new ViolationException($"{host} announces {address}, which it does not hold");
    }

    public void OnState(SimulatedHost host, int slot, RouterState state, TransitionReason reason)
    {
        var view = _views[host.Number, slot];
        var before = view.State;
        view.State = state;
        _world.Touched();
        if (before == state)
            return;
        view.InConflict = state == RouterState.Fault && reason == TransitionReason.AddressConflict;
        if (view.InConflict)
            view.ConflictSince = Now;
        else if (state == RouterState.Active)
            CheckNobodyElse(host, slot, view);
        if (state == RouterState.Backup && reason == TransitionReason.Startup && _being is null)
            view.ListensFirstSince = Now;
        else if (!view.InConflict)
            view.ListensFirstSince = Instant.Never;
        if (Now - CalmSince > SettleTime && before != RouterState.Fault)
            throw new ViolationException($"{host} became {state} for router {slot} ({reason}) in a settled world: nothing had happened since {CalmSince}");
        if (before == RouterState.Fault)
            Disturb(host, Disturbance.Arrival); // after its hold-down: it may be the best one
        if (state == RouterState.Active)
        {
            CheckPromotion(host, slot, view, reason);
            view.HeardIPv4 = view.HeardIPv6 = null; // whoever was Active before is it no longer
            view.PromotedAt = Now;
            view.LastSentAt = Now;
            return;
        }

        if (before == RouterState.Active)
            view.Resigned = view.ResignedAt != Instant.Never;
        if (before == RouterState.Active && (state != RouterState.Backup || _unhealthy > 0))
            ForgetIfUnheard(host); // its last word may have been lost
        if (before == RouterState.Active && state == RouterState.Backup && reason is not (TransitionReason.SwitchedOver or TransitionReason.Drained or TransitionReason.CannotKeepTime))
            CheckDemotion(host, slot, view, reason);
        if (before is RouterState.Initialize or RouterState.Fault)
            view.HeardIPv4 = view.HeardIPv6 = null; // a new wait, with its own interval
        view.LowerSince[0] = view.LowerSince[1] = Instant.Never;
        if (_being is { } being && being.Priority < host.Config.VirtualRouters[slot].Priority)
            view.LowerSince[being.Source.Family == IpFamily.IPv6 ? 1 : 0] = Now;
    }

    /// <summary>A host that was kept from preempting may do so from then on, long after the last fault; a little earlier by its own clock.</summary>
    public void OnHeld(SimulatedHost host, TimeSpan hold) => _world.After(hold - hold / 500, _ => Disturb(host, Disturbance.Arrival));

    /// <summary>Called before a host is stopped: says by when its role must have been taken.</summary>
    public void ExpectSuccessor(SimulatedHost leaving, bool resigns, bool keepsServing)
    {
        if (Now - CalmSince < SettleTime || leaving.Paused)
            return;
        for (var router = 0; router < _world.Plan.Routers; router++)
        {
            if (_views[leaving.Number, router].State != RouterState.Active)
                continue;
            var best = _world.Hosts.Where(h => h != leaving && IsFit(h, router))
                .Select(h => h.Config.VirtualRouters[router].Priority).DefaultIfEmpty((byte)0).Max();
            if (best == 0)
                continue;
            var interval = leaving.Config.VirtualRouters[router].AdvertisementInterval;
            var wait = (resigns ? TimeSpan.Zero : 3 * interval) + SkewTime(best, interval);
            var by = Now + wait + wait / 500 + 2 * Net;
            var which = router;
            var left = Now;
            _world.At(by, _ =>
            {
                if (_disturbances.Exists(d => d.At > left) || _unhealthy > 0 || _lastUnhealthy > left)
                    return;
                foreach (var host in _world.Hosts)
                    if (host != leaving && _views[host.Number, which].State == RouterState.Active)
                        return;
                throw new ViolationException(
                    $"router {which}: {leaving} {(resigns ? "resigned" : keepsServing ? "crashed" : "was cut off")} at {left} and nobody took over by {by}");
            });
        }
    }

    /// <summary>Two owners for ever: whoever begins beside a stranger that answers for an address must leave the role alone.</summary>
    private void CheckNobodyElse(SimulatedHost host, int router, RouterView view)
    {
        if (view.ListensFirstSince == Instant.Never || !_world.TheStranger.HoldsAnyOf(host.Config.VirtualRouters[router].Addresses)
            || _world.TheStranger.HoldsSince > view.ListensFirstSince || _unhealthy > 0 || _lastUnhealthy > view.ListensFirstSince)
            return;
        throw new ViolationException($"{host} listened since {view.ListensFirstSince} and took router {router} beside a stranger that holds its address");
    }

    /// <summary>RFC 9568 6.4.2: nobody takes over while the Active is heard, unless preemption allows it.</summary>
    private void CheckPromotion(SimulatedHost host, int router, RouterView view, TransitionReason reason)
    {
        if (host.Drained && reason != TransitionReason.NoSuccessor)
            throw new ViolationException($"{host} is drained and became Active for router {router} ({reason})");
        var config = host.Config.VirtualRouters[router];
        foreach (var heard in (Heard?[])[view.HeardIPv4, view.HeardIPv6])
        {
            if (heard is null || heard.Priority == 0)
                continue;
            var patience = 3 * (heard.Interval < config.AdvertisementInterval ? heard.Interval : config.AdvertisementInterval);
            if (Now - heard.At >= patience - patience / 500 - Millisecond / 10)
                continue;
            var lowerSince = view.LowerSince[heard.Source.Family == IpFamily.IPv6 ? 1 : 0];
            var preempts = heard.Priority < config.Priority && config.Preempt.Enabled && lowerSince != Instant.Never
                && Now - lowerSince >= config.Preempt.After - config.Preempt.After / 500;
            // Settings that changed a moment ago were others when it was heard.
            if (!preempts && !DisturbedSince(heard.At - 4 * _world.Plan.LongestInterval - config.Preempt.After, host.Number, Disturbance.Other))
                throw new ViolationException(
                    $"{host} took over router {router} ({reason}) though {heard.Source} with priority {heard.Priority} was heard at {heard.At}");
        }
    }

    private void CheckDemotion(SimulatedHost host, int router, RouterView view, TransitionReason reason)
    {
        var config = host.Config.VirtualRouters[router];
        if (_being is not { } heard || heard.Host != host || heard.Router != router)
            throw new ViolationException($"{host} left router {router} ({reason}) though it heard nothing");
        if (reason == TransitionReason.Overslept)
        {
            if (Now - Instant.Max(view.LastSentAt, view.PromotedAt) < 2 * config.AdvertisementInterval)
                throw new ViolationException($"{host} left router {router} because it had slept, which it had not");
        }
        else
        {
            var own = heard.Source.Family == IpFamily.IPv4 ? WorldPlan.RealIPv4(host.Number).Address : WorldPlan.LinkLocal(host.Number).Address;
            if (heard.Priority < config.Priority || (heard.Priority == config.Priority && heard.Source < own))
                throw new ViolationException(
                    $"{host} with {own} and priority {config.Priority} yielded router {router} to {heard.Source} with priority {heard.Priority}");
        }

        CheckNotUndone(host, router, view, config);
    }

    /// <summary>
    /// A better host with a longer interval waits longer for the same silence, so that it comes after a quicker one and
    /// takes the role from it (seed 1939): the price of unequal intervals, not a mistake.
    /// </summary>
    private static bool IsSlower(VirtualRouterConfig other, VirtualRouterConfig config) =>
        other.Priority > config.Priority && other.AdvertisementInterval > config.AdvertisementInterval;

    /// <summary>A takeover that is taken back at once should not have been: somebody better was there all the time.</summary>
    private void CheckNotUndone(SimulatedHost host, int router, RouterView view, VirtualRouterConfig config)
    {
        var shortest = 5 * config.AdvertisementInterval;
        if (shortest < TimeSpan.FromMilliseconds(500))
            shortest = TimeSpan.FromMilliseconds(500);
        if (Now - view.PromotedAt >= shortest)
            return;
        var from = view.PromotedAt - 6 * _world.Plan.LongestInterval - _world.Plan.LongestPreemptDelay - TimeSpan.FromMilliseconds(400);
        if (_unhealthy > 0 || _lastUnhealthy >= from)
            return;
        var resumed = false;
        var departed = false;
        foreach (var (at, other, kind) in _disturbances)
        {
            if (at < from)
                continue;
            if (at > view.PromotedAt)
                return;
            if (kind != Disturbance.Departure && (other != host.Number || kind == Disturbance.Other))
                return;
            // Two at a time: it was paused again.
            if (kind == Disturbance.Departure && other == host.Number && resumed)
                return;
            departed |= kind == Disturbance.Departure && other != host.Number;
            resumed |= kind == Disturbance.Resumption;
        }

        // Two at a time: whom a host that was paused would have heard in its grace is gone.
        if (departed && resumed)
            return;

        foreach (var other in _world.Hosts)
            if (other != host && (IsRival(other.Config.VirtualRouters[router], config) || IsSlower(other.Config.VirtualRouters[router], config)))
                return;
        throw new ViolationException($"{host} took over router {router} at {view.PromotedAt} and yielded at once");
    }

    /// <summary>Whether two Backups may fire within the time that an advertisement takes from one to the other.</summary>
    private bool IsRival(VirtualRouterConfig one, VirtualRouterConfig other)
    {
        var interval = one.AdvertisementInterval < other.AdvertisementInterval ? one.AdvertisementInterval : other.AdvertisementInterval;
        foreach (var host in _world.Hosts)
            foreach (var router in host.Config.VirtualRouters)
                if (router.AdvertisementInterval < interval)
                    interval = router.AdvertisementInterval;
        var apart = SkewTime(one.Priority, interval)
            - SkewTime(other.Priority, interval);
        return apart.Duration() <= 2 * Net + interval / 100;
    }

    /// <summary>RFC 9568 6.1 and RFC 3768 6.1 once more: a mistake of ours must not excuse itself.</summary>
    private TimeSpan SkewTime(byte priority, TimeSpan interval) =>
        (256 - priority) * (_world.Plan.Version == VrrpVersion.V2 ? TimeSpan.FromSeconds(1) : interval) / 256;

    private bool DisturbedSince(Instant since, int host, Disturbance? kind = null)
    {
        foreach (var (at, which, what) in _disturbances)
            if (at >= since && which == host && (kind is null || what == kind))
                return true;
        return false;
    }

    private static int RouterOf(SimulatedHost host, IpAddress address)
    {
        var routers = host.Config.VirtualRouters;
        for (var router = 0; router < routers.Length; router++)
            foreach (var candidate in routers[router].Addresses)
                if (candidate.Address == address)
                    return router;
        return -1;
    }

    public static IpAddress AnnouncedAddress(ReadOnlySpan<byte> frame)
    {
        EthernetCodec.TryDecode(frame, out var header, out var packet);
        if (header.Type == EtherType.Arp && ArpCodec.TryDecode(packet, out var arp) == ArpError.None)
            return arp.SenderIp.IsUnspecified ? arp.TargetIp : arp.SenderIp; // a probe asks about its target
        if (Ipv6Codec.TryDecode(packet, out var ip, out var payload) == Ipv6Error.None
            && NeighborCodec.TryDecode(payload, ip.Source, ip.Destination, ip.HopLimit, out var message) == NeighborError.None)
            return message.Target;
        throw new ViolationException("a frame that a neighbour would not understand was sent");
    }
}
