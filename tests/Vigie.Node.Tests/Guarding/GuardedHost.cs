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
using Xunit;

namespace Vigie.Node.Tests.Guarding;

/// <summary>
/// A guardian and its node in virtual time: the node can crash, hang and refuse to come back; what either of them sends is
/// kept with its time. The kernel does at once what it is told.
/// </summary>
internal sealed class GuardedHost : IGuardianHost, IAdvertisementPort, IFramePort, IHostNetwork, INodeEventSink, IBoardMemory
{
    private static readonly TimeSpan StartTime = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan ListeningTime = TimeSpan.FromMilliseconds(25);
    private readonly byte[] _bytes;
    private readonly List<AddressOutcome> _outcomes = [];
    private ListeningPlan? _listening;
    private bool _serves;
    private Instant _nodeWake = Instant.Never;
    private Instant _nodeBeginsAt = Instant.Never;
    private Instant _guardianWake = Instant.Never;
    private bool _nodeSpeaks;

    public GuardedHost(params VirtualRouterConfig[] routers)
        : this(new byte[RoleBoard.Size], routers)
    {
    }

    /// <param name="memory">The board's, all zero.</param>
    /// <param name="routers">What is configured.</param>
    public GuardedHost(byte[] memory, params VirtualRouterConfig[] routers)
    {
        _bytes = memory;
        Config = Host.Configuration(routers);
        Board = new RoleBoard(this);
        Guardian = new GuardianLoop(Board, this, this);
        Guardian.Start(Now);
        Run(TimeSpan.Zero);
    }

    public NodeConfig Config { get; set; }

    public GuardianLoop Guardian { get; }

    public RoleBoard Board { get; }

    /// <summary>
    /// After so many steps of the node from now on (each access to the board, each call of a port) it is dead; what it was
    /// about to do is not done. Counts down; null for never.
    /// </summary>
    public int? StepsToLive { get; set; }

    /// <summary>Nothing of what is sent or done is written down any more.</summary>
    public bool Silent { get; set; }

    /// <summary>What happens elsewhere at the very moment at which the guardian sends.</summary>
    public Action? WhileGuardianSends { get; set; }

    /// <summary>The wish of an operator, as a node finds it when it starts.</summary>
    public bool Drained { get; set; }

    /// <summary>The last message to each destination and how the guardian's differ from the node's: who, and the bytes.</summary>
    public Dictionary<(IpAddress Destination, byte Vrid, byte Priority, bool ByGuardian), byte[]> Messages { get; } = [];

    public ElectionLoop? Node { get; private set; }

    public Instant Now { get; private set; } = Instant.Zero + TimeSpan.FromSeconds(1);

    /// <summary>The node does not run.</summary>
    public bool Hangs { get; set; }

    /// <summary>The guardian does not run.</summary>
    public bool GuardianSleeps { get; set; }

    /// <summary>Nodes that are started end at once.</summary>
    public bool NodesFail { get; set; }

    /// <summary>There is no process to be had.</summary>
    public bool StartsFail { get; set; }

    public bool LinkRuns { get; set; } = true;

    public uint LinkChanges { get; set; }

    /// <summary>How often what was seen was declared too old.</summary>
    public int Forgotten { get; private set; }

    /// <summary>The kernel does not hold these.</summary>
    public HashSet<IpPrefix> Refused { get; } = [];

    public List<(Instant At, byte Priority, bool ByGuardian)> Sent { get; } = [];

    private readonly List<(Instant At, byte Vrid)> _sentFor = [];

    public HashSet<IpPrefix> Held { get; } = [];

    public List<GuardianEvent> Events { get; } = [];

    public List<NodeEvent> NodeEvents { get; } = [];

    public ImmutableArray<ListeningInterface> GuardianListens { get; private set; } = [];

    public Span<byte> Bytes
    {
        get
        {
            Live();
            return _bytes;
        }
    }

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

    /// <summary>The node is told something. It may die of it: see <see cref="StepsToLive"/>.</summary>
    public void Tell(Action<ElectionLoop> input)
    {
        if (Node is { } node)
            AsNode(() => input(node));
    }

    /// <summary>The node takes another configuration, as the pump has it do.</summary>
    public void Reload(params VirtualRouterConfig[] routers) => Tell(node =>
    {
        node.Reconfigure(Now, Host.Configuration(routers));
        node.LayBoard("another configuration"u8);
        Config = Host.Configuration(routers);
    });

    /// <summary>Another host speaks for the same virtual router.</summary>
    public void Hear(byte priority, string source = "10.77.0.2")
    {
        var config = Config.VirtualRouters[0]; // the first one
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
        if (!Hangs)
            Tell(node => node.OnMessage(Now, received, message.AsSpan(0, length)));
    }

    /// <summary>The longest time between two advertisements of whomever since then.</summary>
    public TimeSpan LongestSilence(Instant since) => LongestSilence(since, Sent.Select(sent => sent.At));

    /// <summary>The same for one virtual router.</summary>
    public TimeSpan LongestSilenceOf(byte vrid, Instant since) => LongestSilence(since, _sentFor.Where(sent => sent.Vrid == vrid).Select(sent => sent.At));

    private TimeSpan LongestSilence(Instant since, IEnumerable<Instant> sent)
    {
        var longest = TimeSpan.Zero;
        var last = since;
        foreach (var at in sent)
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
            _ = present && !Refused.Contains(address) ? Held.Add(address) : Held.Remove(address);
    }

    bool IGuardianHost.IsRefused(int interfaceIndex, IpPrefix address) => Refused.Contains(address);

    void IGuardianHost.Listen(ImmutableArray<ListeningInterface> interfaces) => GuardianListens = interfaces;

    LinkSight? IGuardianHost.Look(int interfaceIndex) => new(LinkRuns, LinkChanges);

    void IGuardianHost.Forget() => Forgotten++;

    void IGuardianHost.Report(GuardianEvent guardianEvent) => Events.Add(guardianEvent);

    SendOutcome IAdvertisementPort.Send(int interfaceIndex, IpAddress source, IpAddress destination, ReadOnlySpan<byte> message)
    {
        Live();
        if (Silent)
            return new SendOutcome(0, Now);
        if (VrrpCodec.TryDecode(message, source, destination, out var advertisement, out _) != VrrpError.None)
            throw new InvalidOperationException("a message that cannot be read was sent");
        Sent.Add((Now, advertisement.Priority, !_nodeSpeaks));
        _sentFor.Add((Now, advertisement.Vrid));
        Messages[(destination, advertisement.Vrid, advertisement.Priority, !_nodeSpeaks)] = message.ToArray();
        if (!_nodeSpeaks)
            WhileGuardianSends?.Invoke();
        return new SendOutcome(0, Now);
    }

    int IFramePort.Send(int interfaceIndex, ReadOnlySpan<byte> frame)
    {
        Live();
        return 0;
    }

    void IHostNetwork.Apply(in AddressPlan plan)
    {
        Live();
        for (var i = 0; i < plan.Count; i++)
            _ = plan.Present ? Held.Add(plan.Addresses[i]) : Held.Remove(plan.Addresses[i]);
        _outcomes.Add(new AddressOutcome(plan.Router, plan.Generation, plan.Present, 0, default));
    }

    void IHostNetwork.Listen(ListeningPlan plan) => _listening = plan;

    void IHostNetwork.Prepare(PreparationPlan plan) => throw new InvalidOperationException("nobody reloads here");

    void IHostNetwork.Mute(ImmutableArray<IpAddress> addresses, bool muted) => Live();

    void IHostNetwork.CloseConnections(ImmutableArray<IpAddress> addresses)
    {
    }

    void INodeEventSink.Report(in NodeEvent nodeEvent)
    {
        Live();
        NodeEvents.Add(nodeEvent);
    }

    /// <summary>One more step of the node, or its death.</summary>
    private void Live()
    {
        if (!_nodeSpeaks || StepsToLive is not { } left)
            return;
        StepsToLive = left > 0 ? left - 1 : null;
        if (left == 0)
            throw new NodeDied();
    }

    private void AsNode(Action act)
    {
        _nodeSpeaks = true;
        try
        {
            act();
        }
        catch (NodeDied)
        {
            _nodeSpeaks = false;
            _outcomes.Clear(); // nobody waits for them any more
            _listening = null;
            Crash();
        }

        _nodeSpeaks = false;
    }

    private void StepGuardian()
    {
        _guardianWake = Guardian.Step(Now);
        if (_guardianWake < Now)
            throw new InvalidOperationException($"the guardian would go round and round at {Now}: it wants to be woken at {_guardianWake}");
    }

    private void StepNode() => AsNode(LetNodeWork);

    private void LetNodeWork()
    {
        if (Now >= _nodeBeginsAt)
            BeginNode();
        if (Node is { } node && !Hangs && (Now >= _nodeWake || _outcomes.Count > 0))
        {
            AnswerListening(node);
            foreach (var outcome in _outcomes)
                node.OnAddressesApplied(Now, outcome);
            _outcomes.Clear();
            _nodeWake = node.Step(Now);
            Assert.Null(node.FindForgotten());
            if (!_serves && node.HasTakenUpRoles)
            {
                _serves = true;
                node.LayBoard("configuration"u8);
            }
        }
    }

    private void BeginNode()
    {
        _nodeBeginsAt = Instant.Never;
        if (StartsFail)
        {
            _nodeSpeaks = false;
            Guardian.OnStartFailed(Now);
            return;
        }

        if (NodesFail)
        {
            _nodeSpeaks = false;
            Guardian.OnNodeEnded(Now);
            return;
        }

        Node = new ElectionLoop(Config, this, this, this, this);
        Node.Guard(Board);
        if (Drained)
            Node.StandAside(true, []);
        Node.OnLink(Now, new LinkReport(Host.Eth0, "eth0", Host.OwnMac, LinkRuns, false));
        Node.OnAddress(Now, new AddressReport(Host.Eth0, IpPrefix.Parse("10.77.0.1/24"), false, true));
        Node.OnAddress(Now, new AddressReport(Host.Eth0, IpPrefix.Parse("fe80::1/64"), false, true));
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

    /// <summary>Thrown through the node's code where it was when it died.</summary>
    private sealed class NodeDied : Exception;
}
