using System.Collections.Immutable;
using System.Buffers.Binary;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Events;
using Vigie.Node.Interfaces;
using Vigie.Node.Messages;
using Vigie.Node.Ports;
using Vigie.Node.Routers;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>
/// One host around the real election loop: ports that only record, a clock that only the test moves, and one interface
/// eth0 with 192.0.2.10/24 and fe80::10/64. It decides nothing.
/// </summary>
internal sealed class ConformanceHost : IAdvertisementPort, IFramePort, IHostNetwork, INodeEventSink
{
    public const int Eth0 = 2;
    public const int Eth1 = 3;

    public static readonly IpAddress Ours = IpAddress.Parse("192.0.2.10");
    public static readonly IpAddress Ours6 = IpAddress.Parse("fe80::10");
    public static readonly IpAddress Peer = IpAddress.Parse("192.0.2.20");
    public static readonly IpAddress Peer6 = IpAddress.Parse("fe80::20");
    public static readonly MacAddress Mac = new(0x0200_0000_000A);

    private readonly bool _forwards;

    public ConformanceHost(VirtualRouterConfig config, bool forwardsIPv6 = false)
    {
        _forwards = forwardsIPv6;
        Loop = new ElectionLoop(new NodeConfig { Node = "alpha", VirtualRouters = [config] }, this, this, this, this);
    }

    public sealed record Sent(int Interface, IpAddress Source, IpAddress Destination, byte[] Message);

    public sealed record Plan(string Addresses, bool Present, uint Lifetime);

    public ElectionLoop Loop { get; }

    public Instant Now { get; set; } = new(5_000_000_000);

    public List<Sent> Advertisements { get; } = [];

    public List<byte[]> Frames { get; } = [];

    public List<Plan> Plans { get; } = [];

    public List<NodeEvent> Events { get; } = [];

    /// <summary>The plan that the kernel has not answered yet; it answers when the test asks for it.</summary>
    public AddressPlan LastPlan { get; private set; }

    public ListeningPlan? Listening { get; private set; }

    public RouterState State { get; private set; }

    public static VirtualRouterConfig Config(string addresses = "192.0.2.100/24", byte priority = 100) => new()
    {
        Name = "vr",
        Vrid = 51,
        Interface = "eth0",
        Addresses = [.. addresses.Split(' ').Select(IpPrefix.Parse)],
        Priority = priority,
    };

    /// <summary>The router listens as Backup, or is Active at once when it is the owner.</summary>
    public ConformanceHost Start()
    {
        Loop.OnLink(Now, new LinkReport(Eth0, "eth0", Mac, Running: true, _forwards));
        Loop.OnLink(Now, new LinkReport(Eth1, "eth1", new MacAddress(0x0200_0000_000B), Running: true, _forwards));
        Loop.OnAddress(Now, new AddressReport(Eth0, IpPrefix.Parse("192.0.2.10/24"), Ours: false, Usable: true));
        Loop.OnAddress(Now, new AddressReport(Eth0, IpPrefix.Parse("2001:db8::10/64"), Ours: false, Usable: true));
        Loop.OnAddress(Now, new AddressReport(Eth0, IpPrefix.Parse("fe80::10/64"), Ours: false, Usable: true));
        Loop.Start(Now);
        foreach (var on in Listening!.Interfaces)
        {
            Loop.OnListening(Now, new ListeningOutcome(Listening.Generation, on.Index, IpFamily.IPv4, 0, GroupOnly: false));
            Loop.OnListening(Now, new ListeningOutcome(Listening.Generation, on.Index, IpFamily.IPv6, 0, GroupOnly: false));
        }

        return this;
    }

    /// <summary>The router is Active; the kernel has not confirmed its addresses yet.</summary>
    public ConformanceHost StartActive()
    {
        Start();
        Now += TimeSpan.FromSeconds(3.61); // less than half an interval after Active_Down_Interval of priority 100
        Loop.Step(Now);
        Assert.Null(Loop.FindForgotten());
        return this;
    }

    public ConformanceHost ConfirmAddresses()
    {
        Loop.OnAddressesApplied(Now, new AddressOutcome(LastPlan.Router, LastPlan.Generation, LastPlan.Present, 0, default));
        return this;
    }

    public ConformanceHost Step(double secondsLater = 0)
    {
        Now += TimeSpan.FromSeconds(secondsLater);
        Loop.Step(Now);
        Assert.Null(Loop.FindForgotten());
        return this;
    }

    public void Clear()
    {
        Advertisements.Clear();
        Frames.Clear();
        Plans.Clear();
        Events.Clear();
    }

    /// <summary>Gives the loop a message as it would come from the wire.</summary>
    public void Receive(
        byte[] message, IpAddress? from = null, IpAddress? to = null, byte hopLimit = 255, int interfaceIndex = Eth0)
    {
        var source = from ?? Peer;
        var destination = to ?? (source.Family == IpFamily.IPv4 ? VrrpCodec.MulticastIPv4 : VrrpCodec.MulticastIPv6);
        Loop.OnMessage(Now, new ReceivedMessage(interfaceIndex, source, destination, hopLimit), message);
    }

    /// <summary>A sound message that another router could have sent, before the test spoils it.</summary>
    public static byte[] Message(
        byte priority = 200, string addresses = "192.0.2.100", IpAddress? from = null, VrrpVersion version = VrrpVersion.V3,
        double seconds = 1, string? password = null, byte vrid = 51)
    {
        var source = from ?? Peer;
        var buffer = new byte[VrrpCodec.MaximumLength];
        var advertisement = new VrrpAdvertisement
        {
            Version = version,
            Family = source.Family,
            Vrid = vrid,
            Priority = priority,
            Interval = TimeSpan.FromSeconds(seconds),
            AuthenticationType = password is null ? VrrpAuthenticationType.None : VrrpAuthenticationType.SimpleText,
            AuthenticationData = password is null ? 0 : VrrpCodec.PasswordBytes(password),
        };
        var destination = source.Family == IpFamily.IPv4 ? VrrpCodec.MulticastIPv4 : VrrpCodec.MulticastIPv6;
        var length = VrrpCodec.Encode(
            advertisement, [.. addresses.Split(' ').Select(IpAddress.Parse)], source, destination, buffer);
        return buffer[..length];
    }

    /// <summary>Changes bytes of an IPv4 message and gives it the checksum that is then right.</summary>
    public static byte[] Spoil(byte[] message, Action<byte[]> change)
    {
        change(message);
        message[6] = message[7] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), InternetChecksum.Finish(InternetChecksum.Add(0, message)));
        return message;
    }

    SendOutcome IAdvertisementPort.Send(int interfaceIndex, IpAddress source, IpAddress destination, ReadOnlySpan<byte> message)
    {
        Advertisements.Add(new Sent(interfaceIndex, source, destination, message.ToArray()));
        return new SendOutcome(0, Now);
    }

    int IFramePort.Send(int interfaceIndex, ReadOnlySpan<byte> frame)
    {
        Frames.Add(frame.ToArray());
        return 0;
    }

    void IHostNetwork.Apply(in AddressPlan plan)
    {
        LastPlan = plan;
        Plans.Add(new Plan(string.Join(' ', plan.Addresses.Take(plan.Count)), plan.Present, plan.LifetimeSeconds));
    }

    void IHostNetwork.Listen(ListeningPlan plan) => Listening = plan;

    void IHostNetwork.Prepare(PreparationPlan plan) => throw new InvalidOperationException("nobody reloads here");

    void IHostNetwork.Mute(ImmutableArray<IpAddress> addresses, bool muted)
    {
    }

    void IHostNetwork.CloseConnections(ImmutableArray<IpAddress> addresses)
    {
    }

    void INodeEventSink.Report(in NodeEvent nodeEvent)
    {
        Events.Add(nodeEvent);
        if (nodeEvent.Kind == NodeEventKind.StateChanged)
            State = nodeEvent.State;
    }

    /// <summary>What became of received messages: each counter that is not zero.</summary>
    public string Counters()
    {
        var buffer = new byte[4096];
        var reader = new SpanReader(buffer.AsSpan(0, Loop.WriteStatus(0, buffer)));
        reader.ReadByte(); // the kind
        var status = RouterStatusMessage.Read(ref reader);
        List<string> parts = [];
        if (status.Received > 0)
            parts.Add($"received {status.Received}");
        foreach (var reason in Enum.GetValues<DropReason>())
            if (reason != DropReason.None && status.Drops[(int)reason] + Loop.UnattributedDrops(reason) is > 0 and var count)
                parts.Add($"{reason} {count}");
        if (status.AddressListMismatches > 0)
            parts.Add($"mismatches {status.AddressListMismatches}");
        return string.Join(", ", parts);
    }
}
