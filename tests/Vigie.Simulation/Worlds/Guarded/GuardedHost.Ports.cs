using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node;
using Vigie.Node.Events;
using Vigie.Node.Guarding;
using Vigie.Node.Ports;

namespace Vigie.Simulation.Worlds.Guarded;

// The host's network card, and what node and guardian do to their surroundings.
internal sealed partial class GuardedHost : IGuardianHost, IFramePort, IHostNetwork, INodeEventSink
{
    private const int NetworkDown = 100;

    /// <summary>What a socket's buffer holds while nobody reads.</summary>
    private const int QueuedPackets = 200;

    private static readonly TimeSpan ListeningTime = TimeSpan.FromMilliseconds(2);
    private bool _guardianListens;

    /// <summary>The node's socket is a member of the groups.</summary>
    public bool Joined { get; private set; }

    public void Receive(GuardedPacket packet)
    {
        if (!Powered || Frozen || !Kernel.LinkUp)
            return;
        if (packet.IsFrame)
        {
            AnswerIfAsked(packet);
            ReceiveFrame(packet);
        }
        else
            ReceiveAdvertisement(packet);
        PlanWake();
    }

    /// <summary>Something for the node, unless it has been replaced since.</summary>
    public void ToProcess(int process, Action<ElectionLoop, Instant> input)
    {
        if (process == Process)
            ToNode(input);
    }

    public void RunKernel()
    {
        Kernel.RunTask();
        PlanWake();
    }

    public void SetLink(bool up)
    {
        CatchUp();
        if (!up)
            Joined = false;
        Kernel.SetLink(up);
    }

    void IGuardianHost.StartNode() => _nodeBeginsAt = LocalNow + StartTime();

    void IGuardianHost.KillNode()
    {
        if (_world.Tracing)
            _world.Note($"{this}: the guardian kills the node");
        EndNode();
        _nodeBeginsAt = Instant.Never;
    }

    void IGuardianHost.Apply(int interfaceIndex, ImmutableArray<IpPrefix> addresses, bool present, uint lifetimeSeconds) =>
        Kernel.Apply(addresses, present, lifetimeSeconds);

    void IGuardianHost.Listen(ImmutableArray<ListeningInterface> interfaces) => _guardianListens = !interfaces.IsEmpty;

    LinkSight? IGuardianHost.Look(int interfaceIndex) => new(Kernel.LinkUp, Kernel.LinkChanges);

    bool IGuardianHost.IsRefused(int interfaceIndex, IpPrefix address) => Kernel.HasRefusedGuardian(address);

    // Links are looked at anew with every question.
    void IGuardianHost.Forget() => Kernel.ForgetRefusals();

    void IGuardianHost.Report(GuardianEvent guardianEvent)
    {
        if (_world.Tracing)
            _world.Note($"{this}: guardian {guardianEvent.Kind} {guardianEvent.Time.TotalMilliseconds} ms");
        _world.Watch.OnGuardian(this, guardianEvent.Kind);
    }

    int IFramePort.Send(int interfaceIndex, ReadOnlySpan<byte> frame)
    {
        if (!Kernel.LinkUp)
            return NetworkDown;
        _world.Watch.OnAnnounced(this, frame);
        _world.Segment.SendFrame(this, frame);
        return 0;
    }

    void IHostNetwork.Apply(in AddressPlan plan) => Kernel.Apply(plan);

    void IHostNetwork.Listen(ListeningPlan plan)
    {
        var process = Process;
        _world.After(ListeningTime, () =>
        {
            if (process != Process)
                return;
            Joined = Kernel.LinkUp && !plan.Interfaces.IsEmpty;
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

    void IHostNetwork.Prepare(PreparationPlan plan) => Kernel.Prepare(plan);

    void IHostNetwork.Mute(ImmutableArray<IpAddress> addresses, bool muted) => Kernel.Mute(addresses, muted);

    void IHostNetwork.CloseConnections(ImmutableArray<IpAddress> addresses)
    {
    }

    void INodeEventSink.Report(in NodeEvent nodeEvent)
    {
        if (_world.Tracing)
            _world.Note($"{this}: {nodeEvent.Kind} {nodeEvent.State} {nodeEvent.Reason}");
        if (nodeEvent.Kind == NodeEventKind.StandsAside)
            _movedAway = nodeEvent.Count == (int)AsideCause.Switchover;
        if (nodeEvent.Kind == NodeEventKind.PreemptionHeld)
            _world.Watch.OnHeld(this, TimeSpan.FromSeconds(nodeEvent.Count));
        if (nodeEvent.Kind is not (NodeEventKind.StateChanged or NodeEventKind.RoleTakenUp))
            return;
        var before = State;
        State = nodeEvent.State;
        _world.Touched();
        if (nodeEvent.Kind == NodeEventKind.StateChanged)
            _world.Watch.OnState(this, before, nodeEvent.Reason);
        else
            _world.Watch.OnTakenUp(this);
        _returns &= State is RouterState.Backup or RouterState.Fault; // a lost link does not end an operator's wish
    }

    private void ReceiveAdvertisement(GuardedPacket packet)
    {
        var received = new ReceivedMessage(Eth0, packet.Source, packet.Destination, 255);
        if (Joined && Node is { } node && _nodeInbox.Count < QueuedPackets)
        {
            if (NodeRuns && _nodeInbox.Count == 0)
            {
                CatchUpIfLong();
                Hear(node, received, packet.Bytes);
                RunNode();
            }
            else
            {
                var message = packet.Bytes.ToArray();
                _nodeInbox.Enqueue(() => Hear(node, received, message));
            }
        }

        if (_guardianListens && _guardianInbox.Count < QueuedPackets)
        {
            var message = packet.Bytes.ToArray();
            ToGuardian(guardian => guardian.OnMessage(LocalNow, received, message));
        }
    }

    private void Hear(ElectionLoop node, in ReceivedMessage received, ReadOnlySpan<byte> message)
    {
        _world.Watch.BeforeMessage(this, received.Source, message);
        node.OnMessage(LocalNow, received, message);
        _world.Watch.AfterMessage();
    }

    /// <summary>The kernel answers, whether anything of ours runs or not.</summary>
    private void AnswerIfAsked(GuardedPacket packet)
    {
        if (!Kernel.HoldsAny || ProbeAnswer.Asked(packet.Bytes.ToArray()) is not { } address || !Kernel.Answers(address))
            return;
        var asker = _world.Hosts[packet.From];
        var answer = ProbeAnswer.Frame(WorldPlan.Mac(Number), WorldPlan.Mac(asker.Number), address);
        _world.Segment.SendFrame(this, answer, address.Family == IpFamily.IPv4 ? asker : null);
    }

    private void ReceiveFrame(GuardedPacket packet)
    {
        if (Node is null || _nodeInbox.Count >= QueuedPackets)
            return;
        var frame = packet.Bytes.ToArray();
        ToNode((node, now) =>
        {
            EthernetCodec.TryDecode(frame, out var header, out var content);
            if (header.Type == EtherType.Arp)
                node.OnArp(now, Eth0, content);
            else
                node.OnNeighborPacket(now, Eth0, header.Source, content);
        });
    }

    private SendOutcome Send(IpAddress source, IpAddress destination, ReadOnlySpan<byte> message, bool byGuardian)
    {
        if (!Kernel.LinkUp)
            return new SendOutcome(NetworkDown, LocalNow);
        if (_world.Tracing)
            _world.Note($"{this}: {(byGuardian ? "guardian" : "node")} sends priority {message[PriorityAt]} from {source}");
        _world.Watch.OnSent(this, source, message[PriorityAt]);
        _world.Segment.SendAdvertisement(this, source, destination, message);
        return new SendOutcome(0, LocalNow);
    }

    /// <summary>In both versions (RFC 9568 5.1, RFC 3768 5.1). Whoever receives it reads all of it.</summary>
    private const int PriorityAt = 2;

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
