using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Events;
using Vigie.Node.Ports;

namespace Vigie.Node.Tests.Scenarios;

/// <summary>
/// The node's four ports, written down in words. It plays no kernel: applied plans wait in <see cref="Plans"/> until the
/// scenario answers them.
/// </summary>
internal sealed class RecordingPorts(Transcript transcript) : IAdvertisementPort, IFramePort, IHostNetwork, INodeEventSink
{
    private const int FewAddresses = 4;
    private readonly List<(IpAddress Address, string Forms)> _announced = [];

    public Instant Now { get; set; }

    /// <summary>What was applied and not yet answered, oldest first.</summary>
    public Queue<AddressPlan> Plans { get; } = new();

    /// <summary>The latest plan of where to listen, until it is answered.</summary>
    public ListeningPlan? Listening { get; set; }

    /// <summary>What was asked of the kernel for new configurations and not yet answered, oldest first.</summary>
    public Queue<PreparationPlan> Preparations { get; } = new();

    /// <summary>The error number that sending to a destination gives; absent for none.</summary>
    public Dictionary<IpAddress, int> SendErrors { get; } = [];

    /// <summary>Renewals every half second would hide everything else.</summary>
    public bool ShowRenewals { get; set; }

    public int FramesSent { get; private set; }

    public SendOutcome Send(int interfaceIndex, IpAddress source, IpAddress destination, ReadOnlySpan<byte> message)
    {
        Flush();
        var error = VrrpCodec.TryDecode(message, source, destination, out var advertisement, out _);
        if (error != VrrpError.None)
            throw new InvalidOperationException($"the node sent a message that cannot be read: {error}");
        var failure = SendErrors.GetValueOrDefault(destination);
        transcript.Output(Now,
            $"advertise from {source} to {destination}: version {(int)advertisement.Version}, vrid {advertisement.Vrid}, "
            + $"priority {advertisement.Priority}, {advertisement.AddressCount} addresses, every {advertisement.Interval.TotalMilliseconds} ms"
            + (failure == 0 ? "" : $" -> error {failure}"));
        return new SendOutcome(failure, Now);
    }

    public int Send(int interfaceIndex, ReadOnlySpan<byte> frame)
    {
        FramesSent++;
        EthernetCodec.TryDecode(frame, out var header, out var packet);
        if (header.Type == EtherType.Arp)
        {
            Assert(ArpCodec.TryDecode(packet, out var arp) == ArpError.None && arp.SenderMac == header.Source);
            if (arp.SenderIp.IsUnspecified)
            {
                Assert(arp.Operation == ArpOperation.Request);
                Announced(arp.TargetIp, "ARP probe");
                return 0;
            }

            Assert(arp.SenderIp == arp.TargetIp);
            Announced(arp.SenderIp, arp.Operation == ArpOperation.Request ? "ARP request" : "ARP reply");
            return 0;
        }

        Assert(Ipv6Codec.TryDecode(packet, out var ip, out var payload) == Ipv6Error.None);
        Assert(NeighborCodec.TryDecode(payload, ip.Source, ip.Destination, ip.HopLimit, out var neighbor) == NeighborError.None);
        if (neighbor.Type == NeighborMessageType.Solicitation)
        {
            Assert(ip.Source.IsUnspecified && neighbor.LinkLayerAddress is null);
            Announced(neighbor.Target, "NS probe");
            return 0;
        }

        Assert(neighbor is { Override: true, Solicited: false } && neighbor.LinkLayerAddress == header.Source);
        Announced(neighbor.Target, neighbor.Router ? "NA (router)" : "NA");
        return 0;
    }

    public void Apply(in AddressPlan plan)
    {
        var addresses = plan.Addresses.AsSpan(0, plan.Count).ToArray();
        Plans.Enqueue(plan with { Addresses = addresses });
        if (IsRenewal(plan) && !ShowRenewals)
            return;
        Flush();
        transcript.Output(Now, plan.Present
            ? $"hold {Names(addresses)} on {plan.InterfaceIndex} for {plan.LifetimeSeconds} s (plan {plan.Generation})"
            : $"remove {Names(addresses)} from {plan.InterfaceIndex} (plan {plan.Generation})");
    }

    public void Listen(ListeningPlan plan)
    {
        Flush();
        Listening = plan;
        var interfaces = plan.Interfaces.Select(i =>
            $"{i.Index}{(i.IPv4 ? " IPv4" : "")}{(i.IPv6 ? " IPv6" : "")}{(i.Rejoin ? " joining anew" : "")}");
        transcript.Output(Now, $"listen on [{string.Join(", ", interfaces)}] for claims of {plan.VirtualAddresses.Length} addresses");
    }

    public void Prepare(PreparationPlan plan)
    {
        Flush();
        Preparations.Enqueue(plan);
        var interfaces = plan.Interfaces.Select(i => $"{i.Index}{(i.IPv4 ? " IPv4" : "")}{(i.IPv6 ? " IPv6" : "")}");
        var addresses = string.Concat(plan.Addresses.Select(further => $", hold {Names(further.Addresses)} on {further.InterfaceIndex}"));
        transcript.Output(Now,
            $"prepare: listen on [{string.Join(", ", interfaces)}] for claims of {plan.VirtualAddresses.Length} addresses{addresses}, "
            + $"refuse {plan.RefusedAddresses.Length}, {plan.PeerRules.Length} peer rules");
    }

    public void Mute(ImmutableArray<IpAddress> addresses, bool muted)
    {
        Flush();
        transcript.Output(Now, $"{(muted ? "mute" : "unmute")} {string.Join(", ", addresses)}");
    }

    public void CloseConnections(ImmutableArray<IpAddress> addresses)
    {
        Flush();
        transcript.Output(Now, $"close the connections of {string.Join(", ", addresses)}");
    }

    public void Report(in NodeEvent nodeEvent)
    {
        Flush();
        var e = nodeEvent;
        transcript.Output(Now, "event " + e.Kind switch
        {
            NodeEventKind.StateChanged => $"router {e.Router} is {e.State} ({e.Reason})",
            NodeEventKind.AddressRefused => $"router {e.Router}: {e.Address} refused, error {e.Error}",
            NodeEventKind.AddressReasserted or NodeEventKind.AddressNotOurs or NodeEventKind.StaleAddressRemoved
                or NodeEventKind.AddressHandedOver or NodeEventKind.AddressNotTaken =>
                $"router {e.Router}: {e.Kind} {e.Address}",
            NodeEventKind.ForeignClaim => $"router {e.Router}: {e.Mac} claims {e.Address}",
            NodeEventKind.AddressConflict => $"router {e.Router}: {e.Mac} holds {e.Address}",
            NodeEventKind.IntervalMismatch => $"router {e.Router}: {e.Source} advertises every {e.Count} ms",
            NodeEventKind.AddressListMismatch => $"router {e.Router}: {e.Source} has another list, {e.Count} addresses",
            NodeEventKind.AdvertisementDropped => $"router {e.Router}: dropped from {e.Source}: {e.Drop}",
            NodeEventKind.SendFailed => $"router {e.Router}: sending from {e.Source} fails, error {e.Error}",
            NodeEventKind.JoinFailed => $"cannot listen to {e.Source} on {e.Interface}, error {e.Error}",
            NodeEventKind.StandsAside => $"router {e.Router} stands aside: {(AsideCause)e.Count}",
            NodeEventKind.Reconfigured => $"reconfigured, {e.Count} routers",
            _ => $"router {e.Router}: {e.Kind}",
        });
    }

    /// <summary>Writes down the announcements since the last other output, together.</summary>
    public void Flush()
    {
        if (_announced.Count == 0)
            return;
        if (_announced.Count <= FewAddresses)
            foreach (var (address, forms) in _announced)
                transcript.Output(Now, $"announce {address} by {forms}");
        else
            transcript.Output(Now, $"announce {_announced.Count} addresses, {_announced[0].Address} to {_announced[^1].Address}");
        _announced.Clear();
    }

    private readonly Dictionary<int, int> _held = [];

    private bool IsRenewal(in AddressPlan plan)
    {
        if (!plan.Present)
            return false;
        var renewal = _held.GetValueOrDefault(plan.Router) == plan.Generation;
        _held[plan.Router] = plan.Generation;
        return renewal;
    }

    private void Announced(IpAddress address, string form)
    {
        if (_announced.Count > 0 && _announced[^1].Address == address && !_announced[^1].Forms.Contains(form, StringComparison.Ordinal))
            _announced[^1] = (address, _announced[^1].Forms + " and " + form);
        else
            _announced.Add((address, form));
    }

    private static string Names(IpPrefix[] addresses) => addresses.Length switch
    {
        0 => "nothing",
        <= FewAddresses => string.Join(", ", addresses),
        _ => $"{addresses[0]} to {addresses[^1]} ({addresses.Length})",
    };

    private static void Assert(bool condition)
    {
        if (!condition)
            throw new InvalidOperationException("the node sent a frame that a receiver would not take");
    }
}
