using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Interfaces;
using Vigie.Node.Messages;
using Vigie.Node.Ports;
using Xunit;

namespace Vigie.Node.Tests.Scenarios;

/// <summary>
/// One host under test: inputs in words, virtual time, and a kernel that answers each plan 200 microseconds later with the
/// events that a real one sends. What it is told and what it does stands in the transcript.
/// </summary>
internal sealed class Host
{
    public const int Eth0 = 2;
    public static readonly MacAddress OwnMac = Mac("02:00:00:00:00:01");
    public static readonly MacAddress PeerMac = Mac("02:00:00:00:00:02");
    private static readonly TimeSpan KernelDelay = TimeSpan.FromMicroseconds(200);

    private readonly RecordingPorts _ports;
    private readonly PriorityQueue<Action, (Instant, int)> _pending = new();
    private readonly HashSet<(int Interface, IpPrefix)> _table = [];
    private int _sequence;
    private Instant _wake = Instant.Never;

    public Host(params VirtualRouterConfig[] routers)
    {
        _ports = new RecordingPorts(Transcript);
        Loop = new ElectionLoop(Configuration(routers), _ports, _ports, _ports, _ports);
    }

    public Transcript Transcript { get; } = new();

    public ElectionLoop Loop { get; }

    public Instant Now { get; private set; } = Instant.Zero;

    /// <summary>Error numbers with which the kernel refuses addresses.</summary>
    public Dictionary<IpAddress, int> Refused { get; } = [];

    /// <summary>Error numbers with which the kernel refuses to listen.</summary>
    public Dictionary<(int Interface, IpFamily Family), (int Error, bool GroupOnly)> ListenErrors { get; } = [];

    /// <summary>Whether the kernel answers at all when told where to listen.</summary>
    public bool ListensAtOnce { get; set; } = true;

    /// <summary>Whether the kernel tells of addresses that we add ourselves; the daemon's event socket leaves them out.</summary>
    public bool TellsOfOwnAdditions { get; set; } = true;

    public Dictionary<IpAddress, int> SendErrors => _ports.SendErrors;

    public bool ShowRenewals { set => _ports.ShowRenewals = value; }

    public int FramesSent => _ports.FramesSent;

    public IReadOnlyCollection<(int Interface, IpPrefix Prefix)> Table => _table;

    public static MacAddress Mac(string text) => MacAddress.TryParse(text, out var mac) ? mac : throw new FormatException(text);

    public static NodeConfig Configuration(params VirtualRouterConfig[] routers) => new() { Node = "alpha", VirtualRouters = [.. routers] };

    /// <summary>The virtual router of the issue's example, with what a scenario changes.</summary>
    public static VirtualRouterConfig Router(
        string name = "db", byte vrid = 51, byte priority = 150, int intervalMilliseconds = 1000, string addresses = "10.77.0.100/24",
        string peers = "", PreemptConfig? preempt = null, VrrpVersion version = VrrpVersion.V3, string? password = null,
        bool strict = false, string on = "eth0", bool closeConnections = false) => new()
        {
            Name = name,
            Vrid = vrid,
            Interface = on,
            Priority = priority,
            Version = version,
            Password = password,
            StrictAddresses = strict,
            CloseConnections = closeConnections,
            Preempt = preempt ?? PreemptConfig.Always,
            AdvertisementInterval = TimeSpan.FromMilliseconds(intervalMilliseconds),
            Addresses = [.. Split(addresses).Select(IpPrefix.Parse)],
            Peers = [.. Split(peers).Select(IpAddress.Parse)],
        };

    /// <summary>eth0 is up with 10.77.0.1/24 and fe80::1/64, and the loop has started.</summary>
    public Host Started()
    {
        Link();
        Address("10.77.0.1/24");
        Address("fe80::1/64");
        Start();
        return this;
    }

    public void Chapter(string title)
    {
        _ports.Flush();
        Transcript.Chapter(title);
    }

    public void Start() => Give("start", () => Loop.Start(Now));

    public void Link(string name = "eth0", bool running = true, int index = Eth0, MacAddress? mac = null, bool forwards = false)
    {
        if (!running)
            _table.RemoveWhere(a => a.Interface == index && a.Item2.Family == IpFamily.IPv6);
        Give($"link {index} {name} {(running ? "up" : "down")}{(mac is { } m ? $", MAC {m}" : "")}",
            () => Loop.OnLink(Now, new LinkReport(index, name, mac ?? OwnMac, running, forwards)));
    }

    public void LinkRemoved(int index = Eth0)
    {
        _table.RemoveWhere(a => a.Interface == index);
        Give($"link {index} removed", () => Loop.OnLinkRemoved(Now, index));
    }

    public void Address(string prefix, bool ours = false, bool usable = true, int index = Eth0)
    {
        if (ours)
            _table.Add((index, IpPrefix.Parse(prefix)));
        Give($"address {prefix} on {index}{(ours ? ", ours" : "")}{(usable ? "" : ", tentative")}",
            () => Loop.OnAddress(Now, new AddressReport(index, IpPrefix.Parse(prefix), ours, usable)));
    }

    public void AddressRemoved(string prefix, int index = Eth0)
    {
        _table.Remove((index, IpPrefix.Parse(prefix)));
        Give($"address {prefix} removed from {index} by somebody", () => Loop.OnAddressRemoved(Now, index, IpPrefix.Parse(prefix)));
    }

    /// <summary>An advertisement with every field at the sender's choice; by default one that passes all checks.</summary>
    public void Hear(
        string source, byte priority, int intervalMilliseconds = 1000, string addresses = "10.77.0.100", byte vrid = 51,
        VrrpVersion version = VrrpVersion.V3, string? password = null, byte hopLimit = 255, string? destination = null,
        int index = Eth0, int cut = 0, bool damaged = false)
    {
        var from = IpAddress.Parse(source);
        var to = destination is not null ? IpAddress.Parse(destination)
            : from.Family == IpFamily.IPv4 ? VrrpCodec.MulticastIPv4 : VrrpCodec.MulticastIPv6;
        var list = Split(addresses).Select(IpAddress.Parse).ToArray();
        var buffer = new byte[VrrpCodec.MaximumLength];
        var length = VrrpCodec.Encode(
            new VrrpAdvertisement
            {
                Version = version, Family = from.Family, Vrid = vrid, Priority = priority,
                Interval = TimeSpan.FromMilliseconds(intervalMilliseconds),
                AuthenticationType = password is null ? VrrpAuthenticationType.None : VrrpAuthenticationType.SimpleText,
                AuthenticationData = password is null ? 0 : VrrpCodec.PasswordBytes(password),
            },
            list, from, to, buffer);
        if (damaged)
            buffer[2] ^= 1;
        var notes = (damaged ? ", damaged" : "") + (cut > 0 ? $", cut by {cut} bytes" : "") + (hopLimit == 255 ? "" : $", TTL {hopLimit}")
            + (destination is null ? "" : $" to {destination}") + (version == VrrpVersion.V2 ? ", version 2" : "")
            + (password is null ? "" : $", password {password}") + (vrid == 51 ? "" : $", vrid {vrid}")
            + (intervalMilliseconds == 1000 ? "" : $", every {intervalMilliseconds} ms") + (addresses == "10.77.0.100" ? "" : $", {addresses}");
        Give($"heard {source}: priority {priority}{notes}",
            () => Loop.OnMessage(Now, new ReceivedMessage(index, from, to, hopLimit), buffer.AsSpan(0, length - cut)));
    }

    /// <param name="to">Whom it is told; null: everybody.</param>
    public void Arp(string claimed, MacAddress mac, ArpOperation operation = ArpOperation.Reply, int index = Eth0, string? to = null)
    {
        var packet = new byte[ArpCodec.Length];
        var address = IpAddress.Parse(claimed);
        var target = to is null ? address : IpAddress.Parse(to);
        ArpCodec.Encode(new ArpPacket { Operation = operation, SenderMac = mac, SenderIp = address, TargetIp = target, TargetMac = mac }, packet);
        Give($"ARP {operation} on {index}{(to is null ? "" : $" to {to}")}: {claimed} is at {mac}", () => Loop.OnArp(Now, index, packet));
    }

    /// <summary>Somebody asks who has an address.</summary>
    public void ArpProbe(string asked, MacAddress mac, int index = Eth0)
    {
        var frame = new byte[ConflictProbe.MaximumFrameLength];
        var length = ConflictProbe.Write(frame, mac, IpAddress.Parse(asked));
        Give($"ARP probe on {index}: who has {asked}, asks {mac}", () => Loop.OnArp(Now, index, frame.AsSpan(EthernetHeader.Length, length - EthernetHeader.Length)));
    }

    public void NeighborAdvertisement(string claimed, MacAddress mac)
    {
        var frame = new byte[UnsolicitedAdvertisement.FrameLength];
        var address = IpAddress.Parse(claimed);
        UnsolicitedAdvertisement.Write(frame, mac, address, address, router: false);
        Give($"NA on {Eth0}: {claimed} is at {mac}", () => Loop.OnNeighborPacket(Now, Eth0, mac, frame.AsSpan(EthernetHeader.Length)));
    }

    public ReconfigureOutcome Reconfigure(params VirtualRouterConfig[] routers)
    {
        var outcome = new ReconfigureOutcome();
        Give("reconfigure", () => outcome = Loop.Reconfigure(Now, Configuration(routers)));
        return outcome;
    }

    /// <summary>A reload as the daemon does it: the kernel is asked first, and answers as the scenario wants.</summary>
    public void BeginReload(params VirtualRouterConfig[] routers) =>
        Give("reload", () => Loop.BeginReconfigure(Now, Configuration(routers), ConfigurationTextLength));

    /// <summary>What became of the last reload, or null.</summary>
    public ReconfigureVerdict? Verdict { get; private set; }

    /// <summary>What the kernel refuses to a new configuration.</summary>
    public List<KernelRefusal> PreparationRefusals { get; } = [];

    /// <summary>Whether the kernel answers at all when it is asked for what a new configuration needs.</summary>
    public bool PreparesAtOnce { get; set; } = true;

    public int ConfigurationTextLength { get; set; } = 100;

    /// <summary>Requests of the kernel that it has not answered.</summary>
    public IReadOnlyCollection<PreparationPlan> Unprepared => _ports.Preparations;

    /// <summary>The kernel answers the oldest request.</summary>
    /// <param name="adds">Whether it adds the addresses only now.</param>
    public void AnswerPreparation(bool adds = true)
    {
        var plan = _ports.Preparations.Dequeue();
        Give($"kernel: {(PreparationRefusals.Count == 0 ? "has granted it" : "refuses it")}", () =>
        {
            if (adds && PreparationRefusals.Count == 0)
                foreach (var further in plan.Addresses)
                    foreach (var prefix in further.Addresses)
                        _table.Add((further.InterfaceIndex, prefix));
            Loop.OnPrepared(Now, new PreparationOutcome(plan.Generation, [.. PreparationRefusals]));
        });
    }

    /// <summary>The kernel adds an address that it was asked for long ago, before it does anything that was asked of it since.</summary>
    public void GrantLate(string prefix) => _table.Add((Eth0, IpPrefix.Parse(prefix)));

    public void Shutdown() => Give("shutdown", () => Loop.Shutdown(Now));

    /// <summary>Leaves without a gap.</summary>
    public void Leave() => Give("leave", () => Loop.Leave(Now));

    /// <summary>Any other input, told in words.</summary>
    public void Give(string what, Action input)
    {
        _ports.Flush();
        _ports.Now = Now;
        Transcript.Input(Now, what);
        input();
        Step();
    }

    /// <summary>Time passes: everything that falls due happens when it is due.</summary>
    public void Run(double seconds)
    {
        var until = Now + TimeSpan.FromSeconds(seconds);
        while (true)
        {
            var kernel = _pending.TryPeek(out _, out var first) ? first.Item1 : Instant.Never;
            var next = Instant.Min(_wake, kernel);
            if (next > until)
                break;
            Now = _ports.Now = Instant.Max(Now, next);
            while (_pending.TryPeek(out _, out first) && first.Item1 <= Now)
                _pending.Dequeue()();
            Step();
        }

        Now = _ports.Now = until;
    }

    /// <summary>The host does not run for a while: nothing is stepped, and what fell due is late.</summary>
    public void Sleep(double seconds)
    {
        _ports.Flush();
        Transcript.Input(Now, $"the host is paused for {seconds} s");
        Now = _ports.Now = Now + TimeSpan.FromSeconds(seconds);
    }

    public RouterStatus Status(int position = 0)
    {
        var buffer = new byte[RouterStatusMessage.MaximumLength];
        var reader = new SpanReader(buffer.AsSpan(0, Loop.WriteStatus(position, buffer)));
        reader.ReadByte();
        return RouterStatusMessage.Read(ref reader);
    }

    /// <summary>How long the kernel's reports of addresses come after its acknowledgements.</summary>
    public TimeSpan EventDelay { get; init; }

    private void Step()
    {
        StepLoop();
        while (ListensAtOnce && _ports.Listening is { } plan)
        {
            _ports.Listening = null;
            AnswerListening(plan);
            StepLoop();
        }

        while (Loop.TakeVerdict() is { } verdict)
        {
            Verdict = verdict;
            Transcript.Output(Now, verdict.Outcome is not null
                ? "verdict: live" : $"verdict: refused, {string.Join(", ", verdict.Refusals.Select(r => $"{r.Kind} {r.Routers} {r.Interface} {r.Error}"))}");
        }

        _ports.Flush();
        if (PreparesAtOnce && _ports.Preparations.Count > 0)
            AnswerPreparation();
        while (_ports.Plans.TryDequeue(out var plan))
            _pending.Enqueue(() => Answer(plan), (Now + KernelDelay, _sequence++));
    }

    private void StepLoop()
    {
        _wake = Loop.Step(Now);
        Assert.Null(Loop.FindForgotten());
    }

    private void AnswerListening(ListeningPlan plan)
    {
        foreach (var on in plan.Interfaces)
        {
            foreach (var family in new[] { IpFamily.IPv4, IpFamily.IPv6 })
            {
                if (family == IpFamily.IPv4 ? !on.IPv4 : !on.IPv6)
                    continue;
                var (error, groupOnly) = ListenErrors.GetValueOrDefault((on.Index, family));
                Loop.OnListening(Now, new ListeningOutcome(plan.Generation, on.Index, family, error, groupOnly));
            }
        }
    }

    // Like rtnetlink: the address events come before the acknowledgement, and a refusal changes nothing after it.
    private void Answer(AddressPlan plan)
    {
        var error = 0;
        var failed = default(IpPrefix);
        foreach (var prefix in plan.Addresses)
        {
            if (plan.Present && Refused.TryGetValue(prefix.Address, out error) && error != 0)
            {
                failed = prefix;
                break;
            }

            if (plan.Present && _table.Add((plan.InterfaceIndex, prefix)))
                TellOfAddition(plan.InterfaceIndex, prefix);
            else if (!plan.Present && _table.Remove((plan.InterfaceIndex, prefix)))
                Tell(() => Loop.OnAddressRemoved(Now, plan.InterfaceIndex, prefix));
        }

        _ports.Flush();
        if (error != 0)
            Transcript.Input(Now, $"kernel: plan {plan.Generation} refused, error {error}");
        Loop.OnAddressesApplied(Now, new AddressOutcome(plan.Router, plan.Generation, plan.Present, error, failed));
    }

    private void TellOfAddition(int index, IpPrefix prefix)
    {
        if (TellsOfOwnAdditions)
            Tell(() => Loop.OnAddress(Now, new AddressReport(index, prefix, Ours: true, Usable: true)));
    }

    private void Tell(Action report)
    {
        if (EventDelay == TimeSpan.Zero)
            report();
        else
            _pending.Enqueue(report, (Now + EventDelay, _sequence++));
    }

    private static ImmutableArray<string> Split(string list) =>
        [.. list.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
