using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node;
using Vigie.Node.Events;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;

namespace Vigie.Simulation.Worlds;

/// <summary>
/// One host: a kernel, a clock that drifts, and while its process lives the real <see cref="ElectionLoop"/>, pumped as the
/// daemon pumps it: all input that has arrived, then one step.
/// </summary>
internal sealed class SimulatedHost : IAdvertisementPort, IFramePort, IHostNetwork, INodeEventSink
{
    public const int Eth0 = 2;
    private const int NetworkDown = 100;

    /// <summary>What a socket's buffer holds while nobody reads; later packets are lost.</summary>
    private const int QueuedPackets = 200;

    private static readonly TimeSpan WakeJitter = TimeSpan.FromMicroseconds(50);

    private readonly World _world;
    private readonly Queue<Action<ElectionLoop, Instant>> _inbox = new();
    private readonly long _clockOffset;
    private readonly int _drift;
    private int _packetsQueued;
    private bool _left;
    private long _wakeNumber;

    public SimulatedHost(World world, int number)
    {
        _world = world;
        Number = number;
        _drift = world.Plan.DriftPartsPerBillion[number];
        _clockOffset = 1_000_000_000L * (1 + world.Random.Below(100_000));
        Config = new NodeConfig { Node = ToString(), VirtualRouters = world.Plan.Configurations[number] };
        Kernel = new SimulatedKernel(world, this);
    }

    public int Number { get; }

    public SimulatedKernel Kernel { get; }

    public NodeConfig Config { get; private set; }

    public ElectionLoop? Loop { get; private set; }

    /// <summary>Grows with every start and end of the process: what is meant for an earlier one is not delivered.</summary>
    public int Process { get; private set; }

    public bool Powered { get; private set; }

    /// <summary>The process does not run; its kernel does, and queues.</summary>
    public bool Paused { get; private set; }

    /// <summary>The whole host does not run; packets to it are lost.</summary>
    public bool Frozen { get; private set; }

    /// <summary>It has been told to stop and is about to.</summary>
    public bool Stopping { get; private set; }

    /// <summary>An operator keeps it out of every election, in later processes too.</summary>
    public bool Drained { get; private set; }

    /// <summary>Since when the process has run without a pause.</summary>
    public Instant RunsSince { get; private set; }

    public bool Runs => Loop is not null && !Paused;

    public MacAddress Mac => WorldPlan.Mac(Number);

    private Instant LocalNow => new(_clockOffset + _world.Now.Nanoseconds + (long)((Int128)_world.Now.Nanoseconds * _drift / 1_000_000_000));

    public LinkReport Link() => new(Eth0, "eth0", Mac, Kernel.LinkUp, ForwardsIPv6: false);

    public override string ToString() => $"host{Number}";

    public void PowerOn()
    {
        Powered = true;
        Kernel.Boot();
        Begin();
    }

    public void PowerOff()
    {
        Powered = false;
        End();
        _world.Touched();
    }

    /// <summary>A new process, which finds what the kernel kept from the last one.</summary>
    public void Begin()
    {
        Process++;
        Paused = Frozen = Stopping = _left = false;
        RunsSince = _world.Now;
        Loop = new ElectionLoop(Config, this, this, this, this);
        _world.Checkers.OnProcessStarted(this);
        var now = LocalNow;
        Kernel.UnmuteAll();
        Loop.StandAside(Drained, []);
        Loop.OnLink(now, Link());
        foreach (var (prefix, entry) in Kernel.Table)
            Loop.OnAddress(now, new AddressReport(Eth0, prefix, entry.Ours, Usable: true));
        Loop.Start(now);
        Step();
    }

    /// <summary>The process ends without a word; addresses stay until the kernel's patience ends.</summary>
    public void End()
    {
        Process++;
        Loop = null;
        Paused = Frozen = Stopping = false;
        _inbox.Clear();
        _packetsQueued = 0;
        Kernel.Leave();
        Kernel.Thaw(); // without power nothing comes of it
        _world.Checkers.OnProcessGone(this);
        _world.Touched();
    }

    public void Shutdown()
    {
        Stopping = true;
        Input((loop, now) => loop.Leave(now));
    }

    private void EndLeave(Instant now)
    {
        _left = true;
        Loop!.Shutdown(now);
        var process = Process;
        _world.After(TimeSpan.FromMilliseconds(100) + 4 * Kernel.Slowness, _ =>
        {
            if (process == Process)
                End();
        });
    }

    public void Drain(bool drained)
    {
        Drained = drained;
        _world.Touched();
        Input((loop, now) => loop.Drain(now, drained));
    }

    public void Pause(bool frozen)
    {
        Paused = true;
        Frozen = frozen;
        _world.Touched();
    }

    public void Resume()
    {
        if (!Paused)
            return;
        Paused = Frozen = false;
        RunsSince = _world.Now;
        _world.Touched();
        Kernel.Thaw();
        Drain();
    }

    public void Reconfigure(NodeConfig config)
    {
        Config = config;
        Input((loop, now) => loop.BeginReconfigure(now, config, textLength: 1000));
    }

    /// <summary>What the kernel refused changes nothing: the host goes on with what it had.</summary>
    private void TakeVerdicts()
    {
        while (Loop!.TakeVerdict() is { } verdict)
            if (verdict.Outcome is null)
                Config = Loop.Config;
    }

    /// <summary>Something for the process to read. While it is paused it waits.</summary>
    public void Input(Action<ElectionLoop, Instant> input)
    {
        if (Loop is null)
            return;
        _inbox.Enqueue(input);
        if (!Paused)
            Drain();
    }

    public void ReceiveMessage(IpAddress source, IpAddress destination, byte[] message)
    {
        if (!Hears() || (destination.IsMulticast && !Kernel.Joined))
            return;
        Packet((loop, now) =>
        {
            _world.Checkers.BeforeMessage(this, source, destination, message);
            loop.OnMessage(now, new ReceivedMessage(Eth0, source, destination, 255), message);
            _world.Checkers.AfterMessage(this);
        });
    }

    public void ReceiveFrame(byte[] frame)
    {
        AnswerIfAsked(frame);
        if (!Hears())
            return;
        Packet((loop, now) =>
        {
            EthernetCodec.TryDecode(frame, out var header, out var packet);
            if (header.Type == EtherType.Arp)
                loop.OnArp(now, Eth0, packet);
            else
                loop.OnNeighborPacket(now, Eth0, header.Source, packet);
        });
    }

    SendOutcome IAdvertisementPort.Send(int interfaceIndex, IpAddress source, IpAddress destination, ReadOnlySpan<byte> message)
    {
        if (!Kernel.LinkUp)
            return new SendOutcome(NetworkDown, LocalNow);
        var bytes = message.ToArray();
        _world.Checkers.OnSent(this, source, destination, bytes);
        _world.Advertised(this);
        foreach (var other in _world.Hosts)
            if (other != this && (destination.IsMulticast || Owns(other, destination)))
                _world.Segment.Carry(Number, other.Number, _ => other.ReceiveMessage(source, destination, bytes));
        return new SendOutcome(0, LocalNow);
    }

    int IFramePort.Send(int interfaceIndex, ReadOnlySpan<byte> frame)
    {
        if (!Kernel.LinkUp)
            return NetworkDown;
        var bytes = frame.ToArray();
        _world.Checkers.OnAnnounced(this, bytes);
        foreach (var other in _world.Hosts)
            if (other != this)
                _world.Segment.Carry(Number, other.Number, _ => other.ReceiveFrame(bytes));
        _world.TheStranger.Receive(this, bytes);
        _world.Segment.Carry(Number, World.Client, _ =>
        {
            // One that was delayed past its sender's end would mislead the client about a host that nobody can speak for.
            if (Loop is not null)
                _world.TheClient.Receive(bytes);
        });
        return 0;
    }

    void IHostNetwork.Apply(in AddressPlan plan) => Kernel.Apply(plan, Process);

    void IHostNetwork.Listen(ListeningPlan plan) => Kernel.Listen(plan, Process);

    void IHostNetwork.Prepare(PreparationPlan plan) => Kernel.Prepare(plan, Process);

    void IHostNetwork.Mute(ImmutableArray<IpAddress> addresses, bool muted) => Kernel.Mute(addresses, muted, Process);

    void IHostNetwork.CloseConnections(ImmutableArray<IpAddress> addresses)
    {
    }

    void INodeEventSink.Report(in NodeEvent nodeEvent)
    {
        if (_world.Tracing)
            _world.Note(this, $"event {nodeEvent.Kind} router {nodeEvent.Router} {nodeEvent.State} {nodeEvent.Reason} {nodeEvent.Address} {nodeEvent.Drop}");
        if (nodeEvent.Kind == NodeEventKind.StateChanged)
            _world.Checkers.OnState(this, nodeEvent.Router, nodeEvent.State, nodeEvent.Reason);
        if (nodeEvent.Kind == NodeEventKind.PreemptionHeld)
            _world.Checkers.OnHeld(this, TimeSpan.FromSeconds(nodeEvent.Count));
        if (nodeEvent.Kind == NodeEventKind.TimeKeptAgain)
            _world.Checkers.Disturb(this, Disturbance.Arrival); // long after what made it slow it may be the best one again
    }

    /// <summary>The kernel answers, whether anything of ours runs or not.</summary>
    private void AnswerIfAsked(byte[] frame)
    {
        if (!Powered || ProbeAnswer.Asked(frame) is not { } address || !Kernel.Answers(address))
            return;
        EthernetCodec.TryDecode(frame, out var header, out _);
        var answer = ProbeAnswer.Frame(Mac, header.Source, address);
        foreach (var other in _world.Hosts)
            if (other != this && (address.Family == IpFamily.IPv6 || other.Mac == header.Source))
                _world.Segment.Carry(Number, other.Number, _ => other.ReceiveFrame(answer));
        if (address.Family == IpFamily.IPv6)
            _world.Segment.Carry(Number, World.Client, _ => _world.TheClient.Receive(answer));
    }

    private bool Hears() => Powered && !Frozen && Kernel.LinkUp && Loop is not null;

    private static bool Owns(SimulatedHost host, IpAddress address) =>
        address == WorldPlan.RealIPv4(host.Number).Address || address == WorldPlan.LinkLocal(host.Number).Address;

    private void Packet(Action<ElectionLoop, Instant> input)
    {
        if (Paused && _packetsQueued >= QueuedPackets)
            return;
        _packetsQueued++;
        Input((loop, now) =>
        {
            _packetsQueued--;
            input(loop, now);
        });
    }

    private void Drain()
    {
        while (_inbox.TryDequeue(out var input))
            input(Loop!, LocalNow);
        Step();
    }

    private void Step()
    {
        var next = Loop!.Step(LocalNow);
        if (Loop.FindForgotten() is { } forgotten)
            throw new ViolationException($"{this} would not wake for {forgotten} when it is due");
        TakeVerdicts();
        if (Stopping && !_left && Loop.HasLeft)
            EndLeave(LocalNow);
        var number = ++_wakeNumber;
        if (next == Instant.Never)
            return;
        var wait = (next.Nanoseconds - LocalNow.Nanoseconds) * 1_000_000_000.0 / (1_000_000_000 + _drift);
        _world.At(
            new Instant(_world.Now.Nanoseconds + Math.Max(0, (long)wait + 1)) + _world.Random.Between(TimeSpan.Zero, WakeJitter),
            _ =>
            {
                if (number == _wakeNumber && Runs)
                    Drain();
            });
    }
}
