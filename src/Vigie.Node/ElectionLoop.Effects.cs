using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Events;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;
using Vigie.Node.Routers;

namespace Vigie.Node;

// Acting on what an election decided: effects in, calls of ports out. No policy here.
public sealed partial class ElectionLoop
{
    private const int RenewalPhases = 32;

    // due: when the advertisement was due that these effects may hold; Never when no timer asked for it.
    private void Run(Instant now, RouterRuntime router, Instant due)
    {
        foreach (var effect in _effects)
            RunOne(now, router, effect, due);
        _effects.Clear();
        ReportAside(now, router);
        WriteOnBoard(router);
        ReportHold(now, router);
        router.Touch();
    }

    private void ReportHold(Instant now, RouterRuntime router)
    {
        var until = router.Election.PreemptionHeldUntil;
        if (until == router.HoldReported)
            return;
        router.HoldReported = until;
        if (until > now)
            _events.Report(new NodeEvent
            {
                Kind = NodeEventKind.PreemptionHeld, At = now, Router = router.Slot,
                Count = (int)((until - now).Ticks / TimeSpan.TicksPerSecond),
            });
    }

    private void ReportTime(Instant now, RouterRuntime router)
    {
        if (router.Election.IsTimeLost == router.TimeLostReported)
            return;
        router.TimeLostReported = router.Election.IsTimeLost;
        router.Touch();
        _events.Report(new NodeEvent
        {
            Kind = router.TimeLostReported ? NodeEventKind.TimeLost : NodeEventKind.TimeKeptAgain, At = now, Router = router.Slot,
        });
    }

    private void RunOne(Instant now, RouterRuntime router, in Effect effect, Instant due)
    {
        switch (effect.Kind)
        {
            case EffectKind.SendAdvertisement:
                SendAdvertisements(now, router, effect.Priority, due);
                break;
            case EffectKind.AcquireAddresses:
                router.StopProbing();
                Acquire(now, router);
                break;
            case EffectKind.ReleaseAddresses:
                Release(router);
                break;
            case EffectKind.AnnounceAddresses:
                if (!router.AddressesReady)
                    break; // never before: a neighbour that asks at once would get no answer
                router.StartAnnouncing(now);
                router.DefendAt = Instant.Never; // this answers a claim, too
                break;
            case EffectKind.StopAnnouncing:
                router.StopAnnouncing();
                router.Unasked.Clear(); // whoever takes the role again does not ask
                router.DefendAt = Instant.Never;
                router.LastDefenceAt = Instant.Zero;
                break;
            case EffectKind.ProbeAddresses:
                router.StartProbing(now);
                break;
            case EffectKind.ReportState:
                if (router.Election.IsInConflict)
                    ReportConflict(now, router);
                _events.Report(new NodeEvent
                {
                    Kind = NodeEventKind.StateChanged, At = now, Router = router.Slot, State = effect.State, Reason = effect.Reason,
                });
                break;
            case EffectKind.MuteAddresses:
                Mute(router, effect.Family);
                break;
            case EffectKind.CloseConnections:
                if (router.Config.CloseConnections)
                    _network.CloseConnections([.. router.Config.Addresses.Select(a => a.Address)]);
                break;
            default:
                throw new InvalidOperationException($"unknown effect {effect.Kind}");
        }
    }

    private void SendAdvertisements(Instant now, RouterRuntime router, byte priority, Instant due)
    {
        if (router.Interface is not { } on)
            return;
        // IPv4 first: while it is heard it alone decides a tie (see VirtualRouter), so it should arrive first.
        var error = SendFamily(router, on, IpFamily.IPv4, priority, due);
        var source = router.Election.Primary(IpFamily.IPv4);
        if (SendFamily(router, on, IpFamily.IPv6, priority, due) is var error6 and not 0 && error == 0)
        {
            error = error6;
            source = router.Election.Primary(IpFamily.IPv6);
        }

        // One verdict for the whole round: a peer that cannot be reached among others that can is one failure, not one per packet.
        // On a link that is down a resignation is tried and expected to fail; the state says what is wrong already.
        if (error == router.SendError || (error != 0 && !on.Running))
            return;
        router.SendError = error;
        _events.Report(new NodeEvent
        {
            Kind = error == 0 ? NodeEventKind.SendRecovered : NodeEventKind.SendFailed, At = now,
            Router = router.Slot, Error = error, Source = source,
        });
    }

    /// <summary>Sends to the group or to every peer of a family and returns the first error, or 0.</summary>
    private int SendFamily(RouterRuntime router, HostInterface on, IpFamily family, byte priority, Instant due)
    {
        var addresses = router.Advertised(family);
        var source = router.Election.Primary(family);
        if (addresses.IsEmpty || !on.HoldsForeign(source))
            return 0; // a resignation because this very address is gone: the other family still carries it
        if (!router.Config.HasPeers(family))
            return SendOne(router, on, source, family == IpFamily.IPv4 ? VrrpCodec.MulticastIPv4 : VrrpCodec.MulticastIPv6, priority, due);

        var first = 0;
        foreach (var peer in router.Config.Peers)
            if (peer.Family == family && peer != source && SendOne(router, on, source, peer, priority, due) is var error and not 0 && first == 0)
                first = error;
        return first;
    }

    private int SendOne(RouterRuntime router, HostInterface on, IpAddress source, IpAddress destination, byte priority, Instant due)
    {
        var length = VrrpCodec.Encode(
            router.Advertisement(source.Family, priority), router.Advertised(source.Family), source, destination, _message);
        var outcome = _advertisements.Send(on.Index, source, destination, _message.AsSpan(0, length));
        if (outcome.Error == 0)
        {
            router.Sent++;
            if (due != Instant.Never)
            {
                var tolerance = TimeKeeping.Tolerance(router.Config.AdvertisementInterval);
                router.Lateness.Record(outcome.At - due, tolerance);
                Lateness.Record(outcome.At - due, tolerance);
            }
        }

        return outcome.Error;
    }

    private void Acquire(Instant now, RouterRuntime router)
    {
        if (router.Interface is not { } on)
            return;
        // Before the addresses are announced. One that leaves gets back what it lost, and goes on saying nothing of it.
        if (!router.Election.IsLeaving)
            Unmute(router);
        EndHandovers(on, router.Config);
        RemoveOutdatedForms(router, on);
        router.Generation++;
        // Until the kernel has them all: neither their number nor their presence is what the schedule was made for.
        router.AddressesReady = false;
        router.LostWhilePending = false;
        router.StopAnnouncing();
        router.DefendAt = Instant.Never; // the announcement when they are there answers a claim, too
        var plan = router.PlanAddresses(on, out var count);
        var lifetime = ElectionTimers.AddressLifetimeSeconds(router.Config.AdvertisementInterval);
        // The first one earlier, by slot: the renewals of many routers that began together must not fall together.
        router.RenewAt = now + ElectionTimers.AddressRenewalInterval(lifetime) * (1 + router.Slot % RenewalPhases) / RenewalPhases;
        ReportForeignAddresses(now, router, on, count);
        _network.Apply(new AddressPlan(router.Slot, router.Generation, on.Index, plan, count, Present: true, lifetime));
    }

    private void Renew(Instant now, RouterRuntime router)
    {
        if (router.Interface is not { } on || (router.Election.State != RouterState.Active && !router.Election.IsLeaving))
        {
            router.RenewAt = Instant.Never;
            return;
        }

        var plan = router.PlanAddresses(on, out var count);
        var lifetime = ElectionTimers.AddressLifetimeSeconds(router.Config.AdvertisementInterval);
        router.RenewAt = now + ElectionTimers.AddressRenewalInterval(lifetime);
        _network.Apply(new AddressPlan(
            router.Slot, router.Generation, on.Index, plan, count, Present: true, lifetime, Renewal: true));
    }

    private void Release(RouterRuntime router)
    {
        router.Generation++;
        router.AddressesReady = false;
        router.RenewAt = Instant.Never;
        router.StopAnnouncing();
        router.AnnouncedElsewhere.Clear();
        if (router.Interface is not { } on)
        {
            Unmute(router);
            return;
        }

        var plan = router.PlanRemoval(on, out var planned);
        var count = 0;
        for (var i = 0; i < planned; i++)
            if (!IsHandedOver(on, plan[i].Address))
                plan[count++] = plan[i];
        if (count > 0 || planned == 0)
            RemoveFrom(on, new AddressPlan(router.Slot, router.Generation, on.Index, plan, count, Present: false, 0));
        Unmute(router);
    }

    /// <summary>An address that stands with another length than it is to have now: see HostInterface.KernelForm.</summary>
    private void RemoveOutdatedForms(RouterRuntime router, HostInterface on)
    {
        var held = router.HeldAddresses(on, out var count);
        var outdated = 0;
        for (var i = 0; i < count; i++)
            if (!IsWantedForm(router, on, held[i]))
                held[outdated++] = held[i];
        if (outdated > 0)
            RemoveFrom(on, new AddressPlan(router.Slot, router.Generation, on.Index, held, outdated, Present: false, 0));
    }

    private static bool IsWantedForm(RouterRuntime router, HostInterface on, IpPrefix held)
    {
        foreach (var configured in router.Config.Addresses)
            if (configured.Address == held.Address)
                return on.KernelForm(configured) == held;
        return false;
    }

    private void ReportForeignAddresses(Instant now, RouterRuntime router, HostInterface on, int planned)
    {
        if (planned == router.Config.Addresses.Length)
            return;
        foreach (var address in router.Config.Addresses)
            if (on.HoldsForeign(address.Address))
                _events.Report(new NodeEvent
                {
                    Kind = NodeEventKind.AddressNotOurs, At = now, Router = router.Slot, Address = address,
                });
    }

    /// <summary>Sends the announcements that are due, and returns when the next one is.</summary>
    private Instant Announce(Instant now)
    {
        // Whoever has waited longest comes first, and a round that has ended waits again: a router with many addresses starves nobody.
        var budget = FramesPerStep;
        while (budget > 0 && _schedule.AnnouncesAt <= now)
        {
            var router = _schedule.FirstAnnouncer;
            while (budget > 0 && router.TryTakeAnnouncement(now, out var address, out var verifies))
            {
                budget -= AnnounceAddress(router, address);
                if (verifies)
                    budget -= AskForOthers(router, address);
            }

            while (budget > 0 && router.TryTakeProbe(out var address))
                budget -= AskForOthers(router, address);
            router.Touch();
            _schedule.Settle();
        }

        return Instant.Max(now, _schedule.AnnouncesAt);
    }

    /// <summary>Teaches every neighbour our MAC for one address; returns how many frames that took.</summary>
    private int AnnounceAddress(RouterRuntime router, IpAddress address)
    {
        if (router.Interface is not { } on)
            return 1;
        if (address.Family == IpFamily.IPv4)
        {
            // Both forms: some stacks learn from requests only, others from replies only.
            var asked = _frames.Send(on.Index, _frame.AsSpan(0, GratuitousArp.WriteRequest(_frame, on.Mac, address)));
            var told = _frames.Send(on.Index, _frame.AsSpan(0, GratuitousArp.WriteReply(_frame, on.Mac, address)));
            if (asked == 0 || told == 0)
                router.AnnouncementsSent++;
            return 2;
        }

        if (_frames.Send(on.Index, _frame.AsSpan(0, UnsolicitedAdvertisement.Write(_frame, on.Mac, address, address, on.ForwardsIPv6))) == 0)
            router.AnnouncementsSent++;
        return 1;
    }

    /// <summary>Asks whether another station holds the address, too; its answer arrives as a foreign claim.</summary>
    private int AskForOthers(RouterRuntime router, IpAddress address)
    {
        if (router.Interface is { } on)
            _frames.Send(on.Index, _frame.AsSpan(0, ConflictProbe.Write(_frame, on.Mac, address)));
        return 1;
    }
}
