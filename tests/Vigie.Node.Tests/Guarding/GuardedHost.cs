using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Events;
using Vigie.Node.Guarding;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;
using Vigie.Node.Tests.Scenarios;

namespace Vigie.Node.Tests.Guarding;

/// <summary>
/// A guardian and its node in virtual time: the node can crash, hang and refuse to come back; what either of them sends is
/// kept with its time. The kernel does at once what it is told.
/// </summary>
internal sealed class GuardedHost : IGuardianHost, IAdvertisementPort, IFramePort, IHostNetwork, INodeEventSink, IBoardMemory
{
    private static readonly TimeSpan StartTime = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan ListeningTime = TimeSpan.FromMilliseconds(25);
    private readonly byte[] _bytes = new byte[RoleBoard.Size];
    private readonly List<AddressOutcome> _outcomes = [];
    private ListeningPlan? _listening;
    private bool _serves;
    private readonly RoleBoard _board;
    private Instant _nodeWake = Instant.Never;
    private Instant _nodeBeginsAt = Instant.Never;
    private Instant _guardianWake = Instant.Never;
    private bool _nodeSpeaks;

    public GuardedHost(params VirtualRouterConfig[] routers)
    {
        Config = Host.Configuration(routers);
        _board = new RoleBoard(this);
        Guardian = new GuardianLoop(_board, this, this);
        Guardian.Start(Now);
        Run(TimeSpan.Zero);
    }

    public NodeConfig Config { get; set; }

    public GuardianLoop Guardian { get; }

    public ElectionLoop? Node { get; private set; }

    public Instant Now { get; private set; } = Instant.Zero + TimeSpan.FromSeconds(1);

    /// <summary>The node does not run.</summary>
    public bool Hangs { get; set; }

    /// <summary>The guardian does not run.</summary>
    public bool GuardianSleeps { get; set; }

    /// <summary>Nodes that are started end at once.</summary>
    public bool NodesFail { get; set; }

    public bool LinkRuns { get; set; } = true;

    public List<(Instant At, byte Priority, bool ByGuardian)> Sent { get; } = [];

    public HashSet<IpPrefix> Held { get; } = [];

    public List<GuardianEvent> Events { get; } = [];

    public List<NodeEvent> NodeEvents { get; } = [];

    public ImmutableArray<ListeningInterface> GuardianListens { get; private set; } = [];

    public Span<byte> Bytes => _bytes;

    /// <summary>Lets virtual time pass.</summary>
    public void Run(TimeSpan span)
    {
        var end = Now + span;
        while (true)
        {
            StepNode();
            if (!GuardianSleeps)
                StepGuardian();
            StepNode();
            var next = Instant.Min(_nodeBeginsAt, GuardianSleeps ? Instant.Never : _guardianWake);
            if (Node is not null && !Hangs)
                next = Instant.Min(next, _nodeWake);
            if (next > end)
                break;
            Now = Instant.Max(next, Now + TimeSpan.FromMicroseconds(20));
        }

        Now = end;
    }

    public void Crash()
    {
        Node = null;
        Guardian.OnNodeEnded(Now);
    }

    /// <summary>Another host speaks for the same virtual router.</summary>
    public void Hear(byte priority, string source = "10.77.0.2")
    {
        var config = Config.VirtualRouters[0];
        var advertisement = new VrrpAdvertisement
        {
            Version = VrrpVersion.V3, Family = IpFamily.IPv4, Vrid = config.Vrid, Priority = priority, Interval = config.AdvertisementInterval,
            ChecksumForm = Ipv4ChecksumForm.PseudoHeader,
        };
        var message = new byte[VrrpCodec.MaximumLength];
        var length = VrrpCodec.Encode(advertisement, [config.Addresses[0].Address], IpAddress.Parse(source), VrrpCodec.MulticastIPv4, message);
        var received = new ReceivedMessage(Host.Eth0, IpAddress.Parse(source), VrrpCodec.MulticastIPv4, 255);
        if (!GuardianListens.IsEmpty)
            Guardian.OnMessage(Now, received, message.AsSpan(0, length));
        if (Node is not null && !Hangs)
            Node.OnMessage(Now, received, message.AsSpan(0, length));
    }

    /// <summary>The longest time between two advertisements of whomever since then.</summary>
    public TimeSpan LongestSilence(Instant since)
    {
        var longest = TimeSpan.Zero;
        var last = since;
        foreach (var (at, _, _) in Sent)
        {
            if (at < since)
                continue;
            if (at - last > longest)
                longest = at - last;
            last = at;
        }

        return Now - last > longest ? Now - last : longest;
    }

    public Core.Election.RouterState StateOf() => NodeEvents.Last(e => e.Kind is NodeEventKind.StateChanged or NodeEventKind.RoleTakenUp).State;

    void IGuardianHost.StartNode() => _nodeBeginsAt = Now + StartTime;

    void IGuardianHost.KillNode()
    {
        Node = null;
        Hangs = false;
        _nodeBeginsAt = Instant.Never;
    }

    void IGuardianHost.Apply(int interfaceIndex, ImmutableArray<IpPrefix> addresses, bool present, uint lifetimeSeconds)
    {
        foreach (var address in addresses)
            _ = present ? Held.Add(address) : Held.Remove(address);
    }

    void IGuardianHost.Listen(ImmutableArray<ListeningInterface> interfaces) => GuardianListens = interfaces;

    bool IGuardianHost.IsRunning(int interfaceIndex) => LinkRuns;

    void IGuardianHost.Report(GuardianEvent guardianEvent) => Events.Add(guardianEvent);

    SendOutcome IAdvertisementPort.Send(int interfaceIndex, IpAddress source, IpAddress destination, ReadOnlySpan<byte> message)
    {
        if (VrrpCodec.TryDecode(message, source, destination, out var advertisement, out _) != VrrpError.None)
            throw new InvalidOperationException("a message that cannot be read was sent");
        Sent.Add((Now, advertisement.Priority, !_nodeSpeaks));
        return new SendOutcome(0, Now);
    }

    int IFramePort.Send(int interfaceIndex, ReadOnlySpan<byte> frame) => 0;

    void IHostNetwork.Apply(in AddressPlan plan)
    {
        for (var i = 0; i < plan.Count; i++)
            _ = plan.Present ? Held.Add(plan.Addresses[i]) : Held.Remove(plan.Addresses[i]);
        _outcomes.Add(new AddressOutcome(plan.Router, plan.Generation, plan.Present, 0, default));
    }

    void IHostNetwork.Listen(ListeningPlan plan) => _listening = plan;

    void IHostNetwork.Prepare(PreparationPlan plan) => throw new InvalidOperationException("nobody reloads here");

    void IHostNetwork.Mute(ImmutableArray<IpAddress> addresses, bool muted)
    {
    }

    void IHostNetwork.CloseConnections(ImmutableArray<IpAddress> addresses)
    {
    }

    void INodeEventSink.Report(in NodeEvent nodeEvent) => NodeEvents.Add(nodeEvent);

    private void StepGuardian()
    {
        _guardianWake = Guardian.Step(Now);
        if (_guardianWake < Now)
            throw new InvalidOperationException($"the guardian would go round and round at {Now}: it wants to be woken at {_guardianWake}");
    }

    private void StepNode()
    {
        _nodeSpeaks = true;
        if (Now >= _nodeBeginsAt)
            BeginNode();
        if (Node is { } node && !Hangs && (Now >= _nodeWake || _outcomes.Count > 0))
        {
            AnswerListening(node);
            foreach (var outcome in _outcomes)
                node.OnAddressesApplied(Now, outcome);
            _outcomes.Clear();
            _nodeWake = node.Step(Now);
            if (!_serves && node.HasTakenUpRoles)
            {
                _serves = true;
                node.LayBoard("configuration"u8);
                _board.Serving = _board.Incarnation;
            }
        }

        _nodeSpeaks = false;
    }

    private void BeginNode()
    {
        _nodeBeginsAt = Instant.Never;
        if (NodesFail)
        {
            Guardian.OnNodeEnded(Now);
            return;
        }

        Node = new ElectionLoop(Config, this, this, this, this);
        Node.Guard(_board);
        Node.OnLink(Now, new LinkReport(Host.Eth0, "eth0", Host.OwnMac, LinkRuns, false));
        Node.OnAddress(Now, new AddressReport(Host.Eth0, IpPrefix.Parse("10.77.0.1/24"), false, true));
        foreach (var held in Held.ToArray())
            Node.OnAddress(Now, new AddressReport(Host.Eth0, held, true, true));
        _serves = false;
        Node.Start(Now);
        _nodeWake = Now + ListeningTime;
    }

    private void AnswerListening(ElectionLoop node)
    {
        if (_listening is not { } plan)
            return;
        _listening = null;
        foreach (var on in plan.Interfaces)
        {
            if (on.IPv4)
                node.OnListening(Now, new ListeningOutcome(plan.Generation, on.Index, IpFamily.IPv4, 0, GroupOnly: false));
            if (on.IPv6)
                node.OnListening(Now, new ListeningOutcome(plan.Generation, on.Index, IpFamily.IPv6, 0, GroupOnly: false));
        }
    }
}
