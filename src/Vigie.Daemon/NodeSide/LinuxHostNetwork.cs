using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Linux;
using Vigie.Node.Events;
using Vigie.Node.Ports;

namespace Vigie.Daemon.NodeSide;

/// <summary>
/// The kernel as the node's <see cref="IHostNetwork"/>: addresses by rtnetlink, group memberships and filters on the
/// sockets. The kernel answers within the call; outcomes are kept until the pump hands them on.
/// </summary>
internal sealed class LinuxHostNetwork(
    RouteSocket routes, VrrpSocket ipv4, VrrpSocket ipv6, ArpListener arp, NeighborListener neighbors, INodeEventSink events) : IHostNetwork
{
    private readonly HashSet<(int Interface, IpFamily Family)> _joined = [];
    private readonly AcceptFilter _acceptFilter = new();
    private AddressChange[] _changes = new AddressChange[512];
    private int[] _errors = new int[512];
    private AddressOutcome[] _outcomes = new AddressOutcome[64];

    /// <summary>How many outcomes wait in <see cref="Outcome"/>.</summary>
    public int OutcomeCount { get; private set; }

    public AddressOutcome Outcome(int index) => _outcomes[index];

    public void ClearOutcomes() => OutcomeCount = 0;

    public void Apply(in AddressPlan plan)
    {
        EnsureRoom(plan.Count);
        for (var i = 0; i < plan.Count; i++)
        {
            _changes[i] = new AddressChange
            {
                Operation = plan.Present ? AddressOperation.Add : AddressOperation.Remove,
                InterfaceIndex = plan.InterfaceIndex,
                Prefix = plan.Addresses[i],
                ValidLifetimeSeconds = plan.LifetimeSeconds,
                Protocol = AddressTag.Value,
            };
        }

        routes.ApplyAddresses(_changes.AsSpan(0, plan.Count), _errors.AsSpan(0, plan.Count));
        var error = 0;
        var failed = default(IpPrefix);
        for (var i = 0; i < plan.Count && error == 0; i++)
        {
            // Removing what is gone already is what was wanted.
            if (_errors[i] == 0 || (!plan.Present && _errors[i] is Errno.EADDRNOTAVAIL or Errno.ENODEV))
                continue;
            error = _errors[i];
            failed = plan.Addresses[i];
        }

        _outcomes[OutcomeCount++] = new AddressOutcome(plan.Router, plan.Generation, plan.Present, error, failed);
    }

    public void Listen(ListeningPlan plan)
    {
        Span<int> indexes = plan.Interfaces.Length <= 256 ? stackalloc int[plan.Interfaces.Length] : new int[plan.Interfaces.Length];
        HashSet<(int, IpFamily)> wanted = [];
        for (var i = 0; i < plan.Interfaces.Length; i++)
        {
            var on = plan.Interfaces[i];
            indexes[i] = on.Index;
            if (on.IPv4)
                Join(wanted, ipv4, on, VrrpCodec.MulticastIPv4);
            if (on.IPv6)
                Join(wanted, ipv6, on, VrrpCodec.MulticastIPv6);
        }

        foreach (var (index, family) in _joined)
            if (!wanted.Contains((index, family)))
                _ = family == IpFamily.IPv4 ? ipv4.Leave(index, VrrpCodec.MulticastIPv4) : ipv6.Leave(index, VrrpCodec.MulticastIPv6);
        _joined.Clear();
        _joined.UnionWith(wanted);
        ipv4.SetFilter(indexes);
        ipv6.SetFilter(indexes);
        IpAddress[] virtualAddresses = [.. plan.VirtualAddresses];
        arp.SetFilter(indexes, Array.FindAll(virtualAddresses, a => a.Family == IpFamily.IPv4));
        neighbors.SetFilter(indexes, Array.FindAll(virtualAddresses, a => a.Family == IpFamily.IPv6));
        if (_acceptFilter.Apply(plan.RefusedAddresses) is not null)
            events.Report(new NodeEvent { Kind = NodeEventKind.AcceptFilterFailed, At = Clock.Now(), Router = -1 });
    }

    private void Join(HashSet<(int, IpFamily)> wanted, VrrpSocket socket, in ListeningInterface on, IpAddress group)
    {
        wanted.Add((on.Index, group.Family));
        if (on.Rejoin)
            _ = socket.Leave(on.Index, group);
        var error = socket.Join(on.Index, group);
        if (error is not (0 or Errno.EADDRINUSE))
            events.Report(new NodeEvent
            {
                Kind = NodeEventKind.JoinFailed, At = Clock.Now(), Router = -1, Error = error, Source = group, Count = on.Index,
            });
    }

    private void EnsureRoom(int changes)
    {
        if (changes > _changes.Length)
        {
            _changes = new AddressChange[changes * 2];
            _errors = new int[changes * 2];
        }

        if (OutcomeCount == _outcomes.Length)
            Array.Resize(ref _outcomes, _outcomes.Length * 2);
    }
}
