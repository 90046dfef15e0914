using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Events;
using Vigie.Node.Guarding;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;

namespace Vigie.Simulation.Worlds.Guarded;

// The host's kernel and network, and what node and guardian do to them.
internal sealed partial class GuardedHost : IGuardianHost, IFramePort, IHostNetwork, INodeEventSink
{
    private const int NetworkDown = 100;
    private static readonly TimeSpan ListeningTime = TimeSpan.FromMilliseconds(2);
    private readonly Dictionary<IpPrefix, Instant> _held = [];
    private readonly HashSet<IpAddress> _muted = [];
    private Instant _nextExpiry = Instant.Never;
    private Instant _busyUntil;
    private bool _joined;
    private bool _guardianListens;

    /// <summary>The longest time the kernel takes for a plan, and as much again until it tells.</summary>
    public static TimeSpan KernelDelay { get; } = TimeSpan.FromMicroseconds(300);

    /// <summary>Grows with every start and end of the node: what is meant for an earlier one is not done.</summary>
    public int Process { get; private set; }

    public RouterState State { get; private set; }

    public bool LinkUp { get; private set; } = true;

    /// <summary>Any of the virtual addresses stands here.</summary>
    public bool Holds => _held.Count > 0;

    /// <summary>Whoever asks for the virtual addresses is answered from here.</summary>
    public bool Answers
    {
        get
        {
            if (!Powered || Frozen || !LinkUp || _held.Count < Config.Addresses.Length)
                return false;
            foreach (var prefix in _held.Keys)
                if (_muted.Contains(prefix.Address))
                    return false;
            return true;
        }
    }

    /// <summary>How long from now, so that nothing overtakes on the way from one host to another.</summary>
    public TimeSpan ArrivalOf(GuardedHost from, TimeSpan way)
    {
        var at = Instant.Max(_world.Now + way, _lastArrival.GetValueOrDefault(from.Number));
        _lastArrival[from.Number] = at;
        return at - _world.Now;
    }

    public void Receive(IpAddress source, IpAddress destination, byte[] message)
    {
        if (!Powered || Frozen || !LinkUp)
            return;
        var received = new ReceivedMessage(Eth0, source, destination, 255);
        if (_joined && Node is not null && _nodeInbox.Count < QueuedPackets)
            ToNode((node, now) => node.OnMessage(now, received, message));
        if (_guardianListens && _guardianInbox.Count < QueuedPackets)
            ToGuardian(guardian => guardian.OnMessage(LocalNow, received, message));
    }

    public void SetLink(bool up)
    {
        LinkUp = up;
        if (!up)
        {
            _joined = false;
            foreach (var prefix in _held.Keys.Where(p => p.Family == IpFamily.IPv6).ToList())
                Remove(prefix);
        }

        _world.Touched();
        ToNode((node, now) =>
        {
            node.OnLink(now, new LinkReport(Eth0, "eth0", WorldPlan.Mac(Number), up, ForwardsIPv6: false));
            if (up)
                node.OnAddress(now, new AddressReport(Eth0, WorldPlan.LinkLocal(Number), Ours: false, Usable: true));
            else
                node.OnAddressRemoved(now, Eth0, WorldPlan.LinkLocal(Number));
        });
    }

    void IGuardianHost.StartNode() => _nodeBeginsAt = LocalNow + StartTime();

    void IGuardianHost.KillNode()
    {
        _world.Note($"{this}: the guardian kills the node");
        EndNode();
        _nodeBeginsAt = Instant.Never;
    }

    void IGuardianHost.Apply(int interfaceIndex, ImmutableArray<IpPrefix> addresses, bool present, uint lifetimeSeconds)
    {
        var guardian = Guardian;
        Later(() =>
        {
            if (guardian != Guardian)
                return;
            foreach (var prefix in addresses)
                if (present)
                    Hold(prefix, lifetimeSeconds);
                else
                    Remove(prefix);
        });
    }

    void IGuardianHost.Listen(ImmutableArray<ListeningInterface> interfaces) => _guardianListens = !interfaces.IsEmpty;

    bool IGuardianHost.IsRunning(int interfaceIndex) => LinkUp;

    void IGuardianHost.Report(GuardianEvent guardianEvent)
    {
        if (_world.Tracing)
            _world.Note($"{this}: guardian {guardianEvent.Kind} {guardianEvent.Time.TotalMilliseconds} ms");
        _world.Watch.OnGuardian(this, guardianEvent.Kind);
    }

    int IFramePort.Send(int interfaceIndex, ReadOnlySpan<byte> frame) => LinkUp ? 0 : NetworkDown;

    void IHostNetwork.Apply(in AddressPlan plan)
    {
        var own = plan with { Addresses = plan.Addresses.AsSpan(0, plan.Count).ToArray() };
        var process = Process;
        Later(() =>
        {
            if (process == Process)
                Execute(own, process);
        });
    }

    void IHostNetwork.Listen(ListeningPlan plan)
    {
        var process = Process;
        _world.After(ListeningTime, () =>
        {
            if (process != Process)
                return;
            _joined = LinkUp && !plan.Interfaces.IsEmpty;
            ToNode((node, now) =>
            {
                foreach (var on in plan.Interfaces)
                {
                    if (on.IPv4)
                        node.OnListening(now, new ListeningOutcome(plan.Generation, on.Index, IpFamily.IPv4, 0, GroupOnly: false));
                    if (on.IPv6)
                        node.OnListening(now, new ListeningOutcome(plan.Generation, on.Index, IpFamily.IPv6, 0, GroupOnly: false));
                }
            });
        });
    }

    void IHostNetwork.Prepare(PreparationPlan plan) => throw new InvalidOperationException("nobody reloads here");

    void IHostNetwork.Mute(ImmutableArray<IpAddress> addresses, bool muted)
    {
        var process = Process;
        Later(() =>
        {
            if (process != Process)
                return;
            foreach (var address in addresses)
                _ = muted ? _muted.Add(address) : _muted.Remove(address);
            _world.Touched();
        });
    }

    void IHostNetwork.CloseConnections(ImmutableArray<IpAddress> addresses)
    {
    }

    void INodeEventSink.Report(in NodeEvent nodeEvent)
    {
        if (_world.Tracing)
            _world.Note($"{this}: {nodeEvent.Kind} {nodeEvent.State} {nodeEvent.Reason}");
        if (nodeEvent.Kind == NodeEventKind.PreemptionHeld)
            _world.Watch.OnHeld(TimeSpan.FromSeconds(nodeEvent.Count));
        if (nodeEvent.Kind is not (NodeEventKind.StateChanged or NodeEventKind.RoleTakenUp))
            return;
        var before = State;
        State = nodeEvent.State;
        _world.Touched();
        if (nodeEvent.Kind == NodeEventKind.StateChanged)
            _world.Watch.OnState(this, before, nodeEvent.Reason);
    }

    // The kernel does one thing after another, and nothing while the host is frozen.
    private void Later(Action act)
    {
        _busyUntil = Instant.Max(_busyUntil, _world.Now) + _world.Random.Between(TimeSpan.FromMicroseconds(10), KernelDelay);
        _world.After(_busyUntil - _world.Now, () =>
        {
            if (Frozen)
                _whenThawed.Enqueue(act);
            else if (Powered)
                act();
        });
    }

    private void Execute(AddressPlan plan, int process)
    {
        var error = 0;
        var failed = default(IpPrefix);
        foreach (var prefix in plan.Addresses)
        {
            if (!plan.Present)
                Remove(prefix);
            else if (LinkUp || prefix.Family == IpFamily.IPv4)
                Hold(prefix, plan.LifetimeSeconds);
            else
                (error, failed) = (NetworkDown, prefix);
        }

        _world.After(_world.Random.Between(TimeSpan.FromMicroseconds(5), KernelDelay), () =>
        {
            if (process == Process)
                ToNode((node, now) => node.OnAddressesApplied(now, new AddressOutcome(plan.Router, plan.Generation, plan.Present, error, failed)));
        });
    }

    private void Hold(IpPrefix prefix, uint seconds)
    {
        _world.Watch.OnLifetime(this, seconds);
        var isNew = !_held.ContainsKey(prefix);
        _held[prefix] = LocalNow + TimeSpan.FromSeconds(seconds);
        FindNextExpiry();
        if (!isNew)
            return;
        _world.Note($"{this}: kernel holds {prefix} for {seconds} s");
        _world.Touched();
        Tell((node, now) => node.OnAddress(now, new AddressReport(Eth0, prefix, Ours: true, Usable: true)));
    }

    private void Remove(IpPrefix prefix)
    {
        if (!_held.Remove(prefix))
            return;
        _world.Note($"{this}: kernel lets go of {prefix}");
        FindNextExpiry();
        _world.Touched();
        Tell((node, now) => node.OnAddressRemoved(now, Eth0, prefix));
    }

    private void Expire()
    {
        foreach (var prefix in _held.Where(e => e.Value <= LocalNow).Select(e => e.Key).ToList())
            Remove(prefix);
    }

    private void FindNextExpiry()
    {
        _nextExpiry = Instant.Never;
        foreach (var at in _held.Values)
            _nextExpiry = Instant.Min(_nextExpiry, at);
    }

    private void Tell(Action<Vigie.Node.ElectionLoop, Instant> input)
    {
        var process = Process;
        _world.After(_world.Random.Between(TimeSpan.FromMicroseconds(5), KernelDelay), () =>
        {
            if (process == Process)
                ToNode(input);
        });
    }

    private SendOutcome Send(IpAddress source, IpAddress destination, ReadOnlySpan<byte> message, bool byGuardian)
    {
        if (!LinkUp)
            return new SendOutcome(NetworkDown, LocalNow);
        VrrpCodec.TryDecode(message, source, destination, out var sent, out _);
        if (_world.Tracing)
            _world.Note($"{this}: {(byGuardian ? "guardian" : "node")} sends priority {sent.Priority} from {source}");
        _world.Watch.OnSent(this, sent.Priority);
        _world.Multicast(this, source, destination, message.ToArray());
        return new SendOutcome(0, LocalNow);
    }

    private sealed class NodePort(GuardedHost host) : IAdvertisementPort
    {
        public SendOutcome Send(int interfaceIndex, IpAddress source, IpAddress destination, ReadOnlySpan<byte> message) =>
            host.Send(source, destination, message, byGuardian: false);
    }

    private sealed class GuardianPort(GuardedHost host) : IAdvertisementPort
    {
        public SendOutcome Send(int interfaceIndex, IpAddress source, IpAddress destination, ReadOnlySpan<byte> message) =>
            host.Send(source, destination, message, byGuardian: true);
    }
}
