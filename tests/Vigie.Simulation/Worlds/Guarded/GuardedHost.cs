using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node;
using Vigie.Node.Events;
using Vigie.Node.Guarding;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;

namespace Vigie.Simulation.Worlds.Guarded;

/// <summary>
/// One host: a clock, a kernel, a guardian (or, as under a plain supervisor, none) and a node. What the two processes do to
/// their surroundings is in GuardedHost.Ports.cs.
/// </summary>
internal sealed partial class GuardedHost : IBoardMemory
{
    public const int Eth0 = 2;

    /// <summary>What a socket's buffer holds while nobody reads.</summary>
    private const int QueuedPackets = 200;

    private static readonly TimeSpan WakeJitter = TimeSpan.FromMicroseconds(50);
    private readonly GuardedWorld _world;
    private readonly byte[] _bytes = new byte[RoleBoard.Size];
    private readonly RoleBoard _board;
    private readonly NodeConfig _config;
    private readonly Queue<Action> _nodeInbox = new();
    private readonly Queue<Action> _guardianInbox = new();
    private readonly Queue<Action> _whenThawed = new();
    private readonly Dictionary<int, Instant> _lastArrival = [];
    private readonly TimeSpan _clockAhead;
    private TimeSpan _stalled;
    private Instant _nodeWake = Instant.Never;
    private Instant _nodeBeginsAt = Instant.Never;
    private Instant _guardianWake = Instant.Never;
    private Instant _frozenAt;
    private bool _serves;
    private bool _left;

    public GuardedHost(GuardedWorld world, int number)
    {
        _world = world;
        Number = number;
        HasGuardian = world.Random.Chance(0.85);
        _clockAhead = TimeSpan.FromSeconds(1 + world.Random.Below(100_000));
        _board = new RoleBoard(this);
        Config = new VirtualRouterConfig
        {
            Name = "r0", Vrid = 51, Interface = "eth0", Version = VrrpVersion.V3, AdvertisementInterval = world.Interval,
            Priority = world.Random.Pick<byte>(50, 100, 100, 150, 200, 254),
            Addresses =
            [
                .. world.Families != 6 ? [WorldPlan.VirtualIPv4(0, 0)] : Array.Empty<IpPrefix>(),
                .. world.Families != 4 ? [WorldPlan.VirtualIPv6(0, 0)] : Array.Empty<IpPrefix>(),
            ],
            Preempt = world.Random.Chance(0.2) ? PreemptConfig.Never : PreemptConfig.Always,
        };
        _config = new NodeConfig { Node = ToString(), VirtualRouters = [Config] };
    }

    public int Number { get; }

    public VirtualRouterConfig Config { get; }

    public bool HasGuardian { get; }

    public GuardianLoop? Guardian { get; private set; }

    public ElectionLoop? Node { get; private set; }

    public bool Powered { get; private set; }

    public bool NodePaused { get; private set; }

    public bool GuardianPaused { get; private set; }

    /// <summary>The whole host does not run; packets to it are lost.</summary>
    public bool Frozen { get; private set; }

    /// <summary>The node was told to end, and serves until a successor does.</summary>
    public bool Leaving { get; private set; }

    /// <summary>Node processes that are started end at once.</summary>
    public bool NodesFail { get; set; }

    public bool NodeRuns => Node is not null && !NodePaused && !Frozen;

    public bool GuardianRuns => Guardian is not null && !GuardianPaused && !Frozen;

    /// <summary>It runs, and a node has told it what stands here; before that a new one knows nothing of what the last one left.</summary>
    public bool GuardianKnows => GuardianRuns && _board.Live != 0;

    public Span<byte> Bytes => _bytes;

    /// <summary>In the world's time.</summary>
    public Instant WakesAt
    {
        get
        {
            if (!Powered || Frozen)
                return Instant.Never;
            var next = Instant.Min(_nextExpiry, _nodeBeginsAt);
            if (NodeRuns)
                next = Instant.Min(next, _nodeWake);
            if (GuardianRuns)
                next = Instant.Min(next, _guardianWake);
            return next == Instant.Never ? next : next - _clockAhead + _stalled;
        }
    }

    private Instant LocalNow => _world.Now + _clockAhead - _stalled;

    public override string ToString() => $"host{Number}";

    public void PowerOn()
    {
        _world.Watch.Excuse();
        Powered = true;
        BeginAll();
    }

    public void PowerOff()
    {
        KillAll();
        Powered = false;
        _held.Clear();
        _nextExpiry = Instant.Never;
        _world.Touched();
    }

    /// <summary>As a supervisor starts the unit: the guardian, which starts the node.</summary>
    public void BeginAll()
    {
        _world.Note($"{this}: starts");
        _world.Watch.Excuse();
        Array.Clear(_bytes, 0, 1 << 16); // the header; what the halves hold is reached through it only
        if (!HasGuardian)
        {
            _nodeBeginsAt = LocalNow + StartTime();
            return;
        }

        Guardian = new GuardianLoop(_board, this, new GuardianPort(this));
        Guardian.Start(LocalNow);
        _guardianWake = LocalNow;
    }

    /// <summary>Without a word; the kernel keeps what it holds until that expires.</summary>
    public void KillAll()
    {
        EndNode();
        EndGuardian();
        _nodeBeginsAt = Instant.Never;
        if (Frozen)
            Thaw(clockRan: true);
    }

    public void CrashNode()
    {
        EndNode();
        if (Guardian is null)
            return;
        ToGuardian(guardian => guardian.OnNodeEnded(LocalNow));
    }

    /// <summary>Its children have asked the kernel for SIGTERM in this case.</summary>
    public void CrashGuardian()
    {
        EndGuardian();
        _nodeBeginsAt = Instant.Never;
        Leaving = Node is not null;
        ToNode((node, now) => node.Leave(now));
    }

    public void PauseNode(bool paused)
    {
        NodePaused = paused && Node is not null;
        _world.Touched();
        if (!paused && NodeRuns)
            RunNode();
    }

    public void PauseGuardian(bool paused)
    {
        GuardianPaused = paused && Guardian is not null;
        _world.Touched();
        if (!paused && GuardianRuns)
            RunGuardian();
    }

    public void Freeze()
    {
        Frozen = true;
        _frozenAt = _world.Now;
        _world.Touched();
    }

    /// <summary>The host runs on: its kernel first, then its processes in either order.</summary>
    public void Thaw(bool clockRan)
    {
        if (!Frozen)
            return;
        Frozen = false;
        if (!clockRan)
            _stalled += _world.Now - _frozenAt;
        while (_whenThawed.TryDequeue(out var act))
            act();
        Expire();
        _world.Touched();
        var nodeFirst = _world.Random.Chance(0.5);
        if (nodeFirst && NodeRuns)
            RunNode();
        if (GuardianRuns)
            RunGuardian();
        if (NodeRuns)
            RunNode();
    }

    /// <summary>Whatever is due first.</summary>
    public void Wake()
    {
        var now = LocalNow;
        if (_nextExpiry <= now)
            Expire();
        if (_nodeBeginsAt <= now)
            BeginNode();
        if (GuardianRuns && _guardianWake <= now)
            RunGuardian();
        if (NodeRuns && _nodeWake <= now)
            RunNode();
    }

    private TimeSpan StartTime() => _world.Random.Between(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(80));

    private TimeSpan Jitter() => _world.Random.Between(TimeSpan.Zero, WakeJitter);

    private void EndNode()
    {
        Process++;
        Node = null;
        NodePaused = Leaving = _left = false;
        _joined = false;
        _nodeInbox.Clear();
        State = RouterState.Initialize;
        _world.Touched();
    }

    private void EndGuardian()
    {
        Guardian = null;
        GuardianPaused = false;
        _guardianListens = false;
        _guardianInbox.Clear();
        _world.Touched();
    }

    private void BeginNode()
    {
        _nodeBeginsAt = Instant.Never;
        if (NodesFail)
        {
            CrashNode();
            return;
        }

        EndNode();
        var now = LocalNow;
        _muted.Clear();
        _serves = false;
        Node = new ElectionLoop(_config, new NodePort(this), this, this, this);
        if (Guardian is not null)
            Node.Guard(_board);
        Node.OnLink(now, new LinkReport(Eth0, "eth0", WorldPlan.Mac(Number), LinkUp, ForwardsIPv6: false));
        Node.OnAddress(now, new AddressReport(Eth0, WorldPlan.RealIPv4(Number), Ours: false, Usable: true));
        Node.OnAddress(now, new AddressReport(Eth0, WorldPlan.LinkLocal(Number), Ours: false, Usable: true));
        foreach (var prefix in _held.Keys)
            Node.OnAddress(now, new AddressReport(Eth0, prefix, Ours: true, Usable: true));
        Node.Start(now);
        RunNode();
    }

    private void RunNode()
    {
        while (Node is not null && _nodeInbox.TryDequeue(out var input))
            input();
        if (Node is not { } node)
            return;
        _nodeWake = node.Step(LocalNow);
        if (_nodeWake != Instant.Never)
            _nodeWake += Jitter();
        if (!_serves && node.HasTakenUpRoles)
        {
            _serves = true;
            if (Guardian is not null)
                node.LayBoard("configuration"u8);
        }

        if (Leaving && !_left && node.HasLeft)
            Leave(node);
    }

    private void Leave(ElectionLoop node)
    {
        _left = true;
        node.Shutdown(LocalNow);
        var process = Process;
        _world.After(TimeSpan.FromMilliseconds(100), () =>
        {
            if (process == Process)
                EndNode();
        });
    }

    private void RunGuardian()
    {
        while (Guardian is not null && _guardianInbox.TryDequeue(out var input))
            input();
        if (Guardian is not { } guardian)
            return;
        _guardianWake = guardian.Step(LocalNow);
        if (_guardianWake != Instant.Never)
            _guardianWake += Jitter();
    }

    private void ToNode(Action<ElectionLoop, Instant> input)
    {
        if (Node is not { } node)
            return;
        _nodeInbox.Enqueue(() => input(node, LocalNow));
        if (NodeRuns)
            RunNode();
    }

    private void ToGuardian(Action<GuardianLoop> input)
    {
        if (Guardian is not { } guardian)
            return;
        _guardianInbox.Enqueue(() => input(guardian));
        if (GuardianRuns)
            RunGuardian();
    }
}
