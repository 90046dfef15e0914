using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node;
using Vigie.Node.Guarding;

namespace Vigie.Simulation.Worlds.Guarded;

/// <summary>
/// One host: a clock, a kernel (<see cref="GuardedKernel"/>), a guardian (or, as under a plain supervisor, none) and a node. What
/// happens to it is here, how its processes are run in GuardedHost.Pumping.cs, what they do to their surroundings in
/// GuardedHost.Ports.cs.
/// </summary>
internal sealed partial class GuardedHost : IBoardMemory
{
    public const int Eth0 = 2;

    /// <summary>Longer than a node waits for the kernel's word.</summary>
    private static readonly TimeSpan ReloadAgain = ElectionLoop.PreparationLimit + TimeSpan.FromSeconds(1);

    private readonly GuardedWorld _world;
    private readonly byte[] _bytes;
    private readonly RoleBoard _board;
    private readonly TimeSpan _clockAhead;
    private NodeConfig _config;
    private NodeConfig? _wanted;
    private int _reloads;
    private TimeSpan _stalled;
    private Instant _frozenAt;
    private bool _movedAway;
    private bool _returns;

    public GuardedHost(GuardedWorld world, int number)
    {
        _world = world;
        Number = number;
        _bytes = BoardPool.Rent();
        HasGuardian = world.Random.Chance(0.85);
        _clockAhead = TimeSpan.FromSeconds(1 + world.Random.Below(100_000));
        _jitterSalt = world.Random.Next();
        _board = new RoleBoard(this);
        Kernel = new GuardedKernel(world, this);
        Config = new VirtualRouterConfig
        {
            Name = "r0", Vrid = 51, Interface = "eth0", Version = VrrpVersion.V3, AdvertisementInterval = world.Interval,
            Priority = world.Random.Pick<byte>(50, 100, 100, 150, 200, 254),
            Addresses = Addresses(1),
            Preempt = world.Random.Chance(0.2) ? PreemptConfig.Never : PreemptConfig.Always,
        };
        _config = new NodeConfig { Node = ToString(), VirtualRouters = [Config] };
    }

    public int Number { get; }

    public VirtualRouterConfig Config { get; private set; }

    public GuardedKernel Kernel { get; }

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

    /// <summary>An operator keeps the host out of every election, in later processes too.</summary>
    public bool Drained { get; private set; }

    /// <summary>It may take the role from an Active of lower priority.</summary>
    public bool MayPreempt => _returns || (Config.Preempt.Enabled && !_movedAway);

    /// <summary>A reload that was asked for has not been made yet.</summary>
    public bool WaitsForReload => _wanted is not null;

    /// <summary>With what was asked for and has not been made yet.</summary>
    public byte WantedPriority => (_wanted?.VirtualRouters[0] ?? Config).Priority;

    /// <summary>Node processes that are started end at once.</summary>
    public bool NodesFail { get; set; }

    public bool NodeRuns => Node is not null && !NodePaused && !Frozen;

    public bool GuardianRuns => Guardian is not null && !GuardianPaused && !Frozen;

    /// <summary>It runs, and a node has told it what stands here; before that a new one knows nothing of what the last one left.</summary>
    public bool GuardianKnows => GuardianRuns && _board.Live != 0;

    /// <summary>Grows with every start and end of the node: what is meant for an earlier one is not done.</summary>
    public int Process { get; private set; }

    public RouterState State { get; private set; }

    public Span<byte> Bytes => _bytes;

    public Instant LocalNow => _world.Now + _clockAhead - _stalled;

    public override string ToString() => $"host{Number}";

    /// <summary>The world has ended.</summary>
    public void GiveBack() => BoardPool.Return(_bytes);

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
        Kernel.PowerOff();
        _world.Touched();
    }

    /// <summary>As a supervisor starts the unit: the guardian, which starts the node.</summary>
    public void BeginAll()
    {
        if (_world.Tracing)
            _world.Note($"{this}: starts");
        _world.Watch.ExcuseArrival();
        BoardPool.Clear(_bytes);
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
        CatchUp();
        EndNode();
        if (Guardian is null)
            return;
        ToGuardian(guardian => guardian.OnNodeEnded(LocalNow));
    }

    /// <summary>Its children have asked the kernel for SIGTERM in this case.</summary>
    public void CrashGuardian()
    {
        CatchUp();
        EndGuardian();
        Leave();
    }

    /// <summary>SIGTERM to the unit: nothing is covered or started any more, and the node leaves.</summary>
    public void Terminate()
    {
        CatchUp();
        Guardian?.Stop();
        Leave();
    }

    public void PauseNode(bool paused)
    {
        CatchUp();
        NodePaused = paused && Node is not null;
        _world.Touched();
        if (!paused && NodeRuns)
            RunNode();
    }

    public void PauseGuardian(bool paused)
    {
        CatchUp();
        GuardianPaused = paused && Guardian is not null;
        _world.Touched();
        if (!paused && GuardianRuns)
            RunGuardian();
    }

    public void Freeze()
    {
        CatchUp();
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
        {
            _stalled += _world.Now - _frozenAt;
            _world.Watch.OnClockStalled(this);
        }

        Kernel.Thaw();
        _world.Touched();
        var nodeFirst = _world.Random.Chance(0.5);
        if (nodeFirst && NodeRuns)
            RunNode();
        if (GuardianRuns)
            RunGuardian();
        if (NodeRuns)
            RunNode();
    }

    /// <summary>An operator's wish, kept beside the processes: a later node is told of it before it begins.</summary>
    public void Drain(bool drained)
    {
        CatchUp();
        Drained = drained;
        _world.Touched();
        ToNode((node, now) => node.Drain(now, drained));
    }

    public void Switchover()
    {
        CatchUp();
        ToNode((node, now) => node.Switchover(now, Config.Name));
    }

    public void Failback()
    {
        CatchUp();
        (_movedAway, _returns) = (false, true);
        ToNode((node, now) => node.Failback(now, Config.Name));
    }

    /// <summary>
    /// Another priority, or (null: as many as now) another number of addresses per family. A reload is asked for again until it has
    /// succeeded, as an operator does: the node may end before it answers, and the kernel may refuse.
    /// </summary>
    public void Reload(byte priority, int? addresses)
    {
        var now = _wanted?.VirtualRouters[0] ?? Config;
        _wanted = _config with
        {
            VirtualRouters = [now with { Priority = priority, Addresses = addresses is { } count ? Addresses(count) : now.Addresses }],
        };
        Reload();
    }

    private void Reload()
    {
        if (_wanted is not { } wanted)
            return;
        CatchUp();
        // A node that its guardian starts goes on with what the last one had; any other one reads the file.
        if (Node is null && Guardian is null)
        {
            Take(wanted);
            return;
        }

        if (NodeRuns && !Leaving)
            ToNode((node, now) => node.BeginReconfigure(now, wanted, ConfigurationText.Length));
        var asked = ++_reloads;
        _world.After(ReloadAgain, () =>
        {
            if (asked == _reloads)
                Reload();
        });
    }

    /// <summary>What the kernel refused changes nothing: the host goes on with what it had.</summary>
    private void TakeVerdicts(ElectionLoop node)
    {
        while (node.TakeVerdict() is { } verdict)
        {
            if (_world.Tracing)
                _world.Note($"{this}: reload {(verdict.Outcome is null ? "refused" : "done")}");
            if (verdict.Outcome is null)
                continue;
            Take(node.Config);
            LayBoard(node);
        }
    }

    private void Take(NodeConfig config)
    {
        _world.Watch.ExcuseArrival();
        _config = config;
        Config = config.VirtualRouters[0];
        if (ReferenceEquals(config, _wanted))
            _wanted = null;
        _world.Touched();
    }

    private ImmutableArray<IpPrefix> Addresses(int count)
    {
        var addresses = ImmutableArray.CreateBuilder<IpPrefix>();
        for (var n = 0; n < count; n++)
        {
            if (_world.Families != 6)
                addresses.Add(WorldPlan.VirtualIPv4(0, n));
            if (_world.Families != 4)
                addresses.Add(WorldPlan.VirtualIPv6(0, n));
        }

        return addresses.ToImmutable();
    }

    private void Leave()
    {
        _nodeBeginsAt = Instant.Never;
        Leaving = Node is not null;
        ToNode((node, now) => node.Leave(now));
    }

    private void EndNode()
    {
        Process++;
        Node = null;
        NodePaused = Leaving = _left = false;
        Joined = false;
        _nodeInbox.Clear();
        State = RouterState.Initialize;
        _world.Watch.OnNodeGone(this);
        _world.Touched();
    }

    private void EndGuardian()
    {
        Guardian = null;
        GuardianPaused = false;
        _guardianListens = false;
        _guardianIdles = false;
        _guardianInbox.Clear();
        _world.Touched();
    }
}
