using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Events;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;
using Vigie.Node.Routers;

namespace Vigie.Node;

// One host's elections. Whoever pumps it gives all input that has arrived, in its order, and then calls Step:
//
//   kernel ── OnLink, OnAddress ──────►┌──────────────┐── IHostNetwork.Apply, Listen
//   wire   ── OnMessage, OnArp, ... ──►│ ElectionLoop │── IAdvertisementPort.Send, IFramePort.Send
//   people ── Reconfigure, Shutdown ──►│              │── INodeEventSink.Report
//   time   ── Step(now) ──────────────►└──────────────┘── the next deadline
//
// It is synchronous, and when steady (advertising, listening, renewing, refreshing) it allocates nothing.

/// <summary>All virtual routers of one host: inputs and time in, calls of ports out.</summary>
public sealed partial class ElectionLoop
{
    /// <summary>How many announcement frames one step sends at most, so that no advertisement waits behind them.</summary>
    private const int FramesPerStep = 256;

    /// <summary>Which routers an incoming message may concern: one per interface, family and VRID.</summary>
    private readonly Dictionary<int, RouterRuntime> _byWire = [];
    private readonly Dictionary<IpAddress, RouterRuntime> _byVirtualAddress = [];
    private readonly Dictionary<int, HostInterface> _interfaces = [];
    private readonly List<RouterRuntime> _routers = [];
    private readonly List<RouterRuntime> _inConfigurationOrder = [];
    private readonly RouterSchedule _schedule = new();
    private readonly List<Effect> _effects = new(16);
    private readonly byte[] _message = new byte[VrrpCodec.MaximumLength];
    private readonly byte[] _frame = new byte[128];
    private readonly IAdvertisementPort _advertisements;
    private readonly IFramePort _frames;
    private readonly IHostNetwork _network;
    private readonly INodeEventSink _events;
    private int _nextSlot;
    private bool _started;
    private bool _stepped;
    private Instant _steppedAt;
    private bool _listeningChanged;
    private bool _shutDown;
    private readonly DropCounters _unattributedDrops = new();

    public ElectionLoop(
        NodeConfig config, IAdvertisementPort advertisements, IFramePort frames, IHostNetwork network, INodeEventSink events)
    {
        ArgumentNullException.ThrowIfNull(config);
        _advertisements = advertisements;
        _frames = frames;
        _network = network;
        _events = events;
        Config = config;
        foreach (var router in config.VirtualRouters)
            _routers.Add(new RouterRuntime(_nextSlot++, router, _schedule));
        Reserve();
        OrderAsConfigured();
        IndexRouters();
    }

    public NodeConfig Config { get; private set; }

    /// <summary>
    /// When something is due by itself, as the last <see cref="Step"/> has found. That may have asked for an earlier call, at which
    /// there is nothing to do but to note that the process runs.
    /// </summary>
    public Instant NextDue { get; private set; } = Instant.Never;

    /// <summary>Messages dropped that no virtual router here can be blamed for (an unknown VRID, say).</summary>
    public long UnattributedDrops(DropReason reason) => _unattributedDrops[reason];

    /// <summary>
    /// The host's interfaces and addresses have been reported: what a predecessor left is cleaned up and every virtual
    /// router begins.
    /// </summary>
    public void Start(Instant now)
    {
        _started = true;
        RemoveStaleAddresses(now);
        TakeUpRoles();
        foreach (var router in _routers)
            Evaluate(now, router);
        ListenIfChanged();
    }

    /// <summary>
    /// Does what is due. All input that arrived before <paramref name="now"/> must have been given already: a Backup that
    /// judged silence before reading its mail would take over for nothing.
    /// </summary>
    /// <returns>When to call again at the latest; <see cref="Instant.Never"/> when only input can change anything.</returns>
    public Instant Step(Instant now)
    {
        ListenAgainIfDue(now);
        ListenIfChanged();
        var next = Instant.Min(_listenAgainAt, Instant.Min(GiveUpPreparationIfDue(now), HandOver(now)));
        _schedule.Settle();
        NoteUnattended(now);
        VisitDue(now);
        WatchLate(now);
        ForgetDeparted();
        _stepped = true;
        _steppedAt = now;
        _schedule.Settle();
        var announces = Announce(now); // after every advertisement
        NextDue = Instant.Min(next, Instant.Min(_schedule.DueAt, announces));
        return Instant.Min(Instant.Min(NextDue, PatienceEndsAt(now)), Beat(now));
    }

    /// <summary>
    /// Every virtual router resigns and lets go of its addresses at once, also one that is leaving. Nothing happens after
    /// that. <see cref="Leave"/> before it spares clients the gap.
    /// </summary>
    public void Shutdown(Instant now)
    {
        _shutDown = true;
        _board?.Leaving = true;
        RefusePreparation(RefusalKind.Leaving);
        DropHandovers();
        foreach (var router in _routers)
        {
            router.Election.OnShutdown(now, _effects);
            Run(now, router, Instant.Never);
        }

        _network.Listen(ListeningPlan.Nothing);
    }

    /// <summary>A VRRP message arrived. It may come from anybody and hold anything.</summary>
    public void OnMessage(Instant now, in ReceivedMessage received, ReadOnlySpan<byte> message)
    {
        // The VRID is the second byte in both versions; it is needed early to know whose counter a bad message belongs to.
        var vrid = message.Length > 1 ? message[1] : (byte)0;
        if (!_byWire.TryGetValue(WireKey(received.InterfaceIndex, received.Source.Family, vrid), out var router))
        {
            _unattributedDrops[DropReason.Vrid]++;
            return;
        }

        var reason = Examine(now, router, received, message, out var heard);
        if (reason != DropReason.None)
        {
            Drop(now, router, reason, received.Source);
            return;
        }

        router.Received++;
        router.Election.OnAdvertisement(now, heard, _effects);
        Run(now, router, Instant.Never);
    }

    /// <summary>What the kernel made of a plan.</summary>
    public void OnAddressesApplied(Instant now, in AddressOutcome outcome)
    {
        var router = FindSlot(outcome.Router);
        if (router is null || outcome.Generation != router.Generation || !outcome.Present)
            return;
        if (outcome.Error == 0)
        {
            router.AddressError = 0;
            if (router.AddressesReady)
                return; // a renewal
            if (router.LostWhilePending)
            {
                Acquire(now, router);
                return;
            }

            router.AddressesReady = true;
            NoteHeld(router);
            router.Election.OnAddressesReady(now, _effects);
            Run(now, router, Instant.Never);
            return;
        }

        router.AddressError = outcome.Error;
        router.AddressErrorAt = outcome.Failed;
        _events.Report(new NodeEvent
        {
            Kind = NodeEventKind.AddressRefused, At = now, Router = router.Slot, Error = outcome.Error, Address = outcome.Failed,
        });
        router.Election.OnAddressesFailed(now, _effects);
        Run(now, router, Instant.Never);
    }

    private DropReason Examine(
        Instant now, RouterRuntime router, in ReceivedMessage received, ReadOnlySpan<byte> message, out HeardAdvertisement heard)
    {
        heard = default;
        if (received.HopLimit != AdvertisementCheck.RequiredHopLimit)
            return DropReason.Ttl;
        var error = VrrpCodec.TryDecode(message, received.Source, received.Destination, out var advertisement, out var addresses);
        if (error != VrrpError.None)
            return AdvertisementCheck.FromWire(error);
        var reason = AdvertisementCheck.Check(
            router.Config, router.AuthenticationData, router.Election.Primary(received.Source.Family), received, advertisement);
        if (reason != DropReason.None)
            return reason;
        if (!CompareAddresses(now, router, received.Source, addresses) && router.Config.StrictAddresses)
            return DropReason.AddressList;
        CompareInterval(now, router, received.Source, advertisement.Interval);
        if (advertisement.Priority == VirtualRouterConfig.OwnerPriority && router.Config.Priority == VirtualRouterConfig.OwnerPriority)
            ReportDuplicateOwner(now, router, received.Source);
        heard = new HeardAdvertisement(received.Source, advertisement.Priority, advertisement.Interval);
        return DropReason.None;
    }

    /// <summary>RFC 9568 7.1: a differing list is worth knowing. Counted each time, reported once per sender and change.</summary>
    private bool CompareAddresses(Instant now, RouterRuntime router, IpAddress source, ReadOnlySpan<byte> addresses)
    {
        if (AdvertisementCheck.SameAddresses(router.Advertised(source.Family), addresses, source.ByteLength))
        {
            router.OtherLists.NoteAgreement(source);
            return true;
        }

        router.AddressListMismatches++;
        var hash = default(HashCode);
        hash.AddBytes(addresses);
        if (!router.OtherLists.Note(now, source, hash.ToHashCode()))
            return false;
        _events.Report(new NodeEvent
        {
            Kind = NodeEventKind.AddressListMismatch, At = now, Router = router.Slot, Source = source,
            Count = addresses.Length / source.ByteLength,
        });
        return false;
    }

    /// <summary>RFC 9568 7.1: different intervals are a mistake, however well we follow them. Reported once per sender and change.</summary>
    private void CompareInterval(Instant now, RouterRuntime router, IpAddress source, TimeSpan interval)
    {
        if (interval == router.Config.AdvertisementInterval)
        {
            router.OtherIntervals.NoteAgreement(source);
            return;
        }

        if (!router.OtherIntervals.Note(now, source, interval.Ticks))
            return;
        _events.Report(new NodeEvent
        {
            Kind = NodeEventKind.IntervalMismatch, At = now, Router = router.Slot, Source = source,
            Count = (int)(interval.Ticks / TimeSpan.TicksPerMillisecond),
        });
    }

    /// <summary>RFC 9568 7.1 (erratum 8298) and 8.3.2: worth a word, once; the tie-break settles who serves.</summary>
    private void ReportDuplicateOwner(Instant now, RouterRuntime router, IpAddress source)
    {
        if (router.DuplicateOwnerReported)
            return;
        router.DuplicateOwnerReported = true;
        _events.Report(new NodeEvent { Kind = NodeEventKind.DuplicateOwner, At = now, Router = router.Slot, Source = source });
    }

    private void Drop(Instant now, RouterRuntime router, DropReason reason, IpAddress source)
    {
        router.Drops[reason]++;
        var bit = 1u << (int)reason;
        if ((router.ReportedDrops & bit) != 0)
            return;
        router.ReportedDrops |= bit;
        _events.Report(new NodeEvent
        {
            Kind = NodeEventKind.AdvertisementDropped, At = now, Router = router.Slot, Drop = reason, Source = source,
        });
    }

    private void IndexRouters()
    {
        _byWire.Clear();
        _byVirtualAddress.Clear();
        foreach (var router in _routers)
        {
            foreach (var address in router.Config.Addresses)
                _byVirtualAddress[address.Address] = router;
            router.Interface = FindInterface(router.Config.Interface);
            if (router.Interface is not { } on)
                continue;
            if (router.Config.HasFamily(IpFamily.IPv4))
                _byWire[WireKey(on.Index, IpFamily.IPv4, router.Config.Vrid)] = router;
            if (router.Config.HasFamily(IpFamily.IPv6))
                _byWire[WireKey(on.Index, IpFamily.IPv6, router.Config.Vrid)] = router;
        }
    }

    private HostInterface? FindInterface(string name)
    {
        foreach (var candidate in _interfaces.Values)
            if (candidate.Name == name)
                return candidate;
        return null;
    }

    private RouterRuntime? FindSlot(int slot)
    {
        // Slots are given in order and the list keeps that order.
        var low = 0;
        var high = _routers.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var found = _routers[middle].Slot;
            if (found == slot)
                return _routers[middle];
            if (found < slot)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return null;
    }

    private static int WireKey(int interfaceIndex, IpFamily family, byte vrid) =>
        interfaceIndex << 9 | (family == IpFamily.IPv6 ? 0x100 : 0) | vrid;
}
