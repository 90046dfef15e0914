using System.Collections.Immutable;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Linux;
using Vigie.Node.Ports;

namespace Vigie.Daemon.NodeSide;

/// <summary>How a <see cref="ListeningPlan"/> went.</summary>
/// <param name="Outcomes">One for each interface and family of the plan.</param>
/// <param name="AcceptFilterFailed">Packets to addresses that are to be refused are accepted.</param>
/// <param name="PeerFilterFailed">Advertisements of strangers reach this process.</param>
/// <param name="MuteFailed">A host that leaves will go on teaching its MAC.</param>
internal sealed record ListeningReport(ListeningOutcome[] Outcomes, bool AcceptFilterFailed, bool PeerFilterFailed, bool MuteFailed);

/// <summary>
/// The node's ears: group memberships and filters of its sockets, and the rules that refuse packets. Used by one thread,
/// while another one reads the sockets.
/// </summary>
internal sealed partial class Listeners(VrrpSocket ipv4, VrrpSocket ipv6, ArpListener arp, NeighborListener neighbors)
{
    private readonly HashSet<(int Interface, IpFamily Family)> _joined = [];
    private readonly AcceptFilter _acceptFilter = new();
    private readonly PeerFilter _peerFilter = new();
    private bool _muteFailed;
    private int[] _heardIPv4 = [];
    private int[] _heardIPv6 = [];
    private ImmutableArray<IpAddress> _refused = [];
    private (int[] Interfaces, IpAddress[] Addresses) _claims = ([], []);

    /// <summary>What a leaving host does not say any more; loaded while it listens anywhere.</summary>
    public MuteFilter Mute { get; } = new();

    /// <summary>Listens as planned and nowhere else; what fails does not keep the rest from being done.</summary>
    public ListeningReport Listen(ListeningPlan plan)
    {
        int[] indexes = [.. plan.Interfaces.Select(on => on.Index)];
        HashSet<(int, IpFamily)> wanted = [];
        List<ListeningOutcome> outcomes = [];
        // The filters first: a membership whose messages the filter throws away is none.
        var deafTo4 = SetFilter(ipv4, indexes, ref _heardIPv4);
        var deafTo6 = SetFilter(ipv6, indexes, ref _heardIPv6);
        foreach (var on in plan.Interfaces)
        {
            if (on.IPv4)
                outcomes.Add(Join(plan, wanted, ipv4, on, VrrpCodec.MulticastIPv4, Deafness(deafTo4, _heardIPv4, on.Index)));
            if (on.IPv6)
                outcomes.Add(Join(plan, wanted, ipv6, on, VrrpCodec.MulticastIPv6, Deafness(deafTo6, _heardIPv6, on.Index)));
        }

        foreach (var (index, family) in _joined)
            if (!wanted.Contains((index, family)))
                _ = family == IpFamily.IPv4 ? ipv4.Leave(index, VrrpCodec.MulticastIPv4) : ipv6.Leave(index, VrrpCodec.MulticastIPv6);
        _joined.Clear();
        _joined.UnionWith(wanted);
        _ = SetClaimFilters(indexes, [.. plan.VirtualAddresses]);
        if (indexes.Length == 0)
            Mute.Remove();
        var muteFailure = indexes.Length > 0 ? Mute.Prepare() : null;
        var isNew = muteFailure is not null && !_muteFailed; // said once, not with every plan
        _muteFailed = muteFailure is not null;
        _granted = null;
        _refused = plan.RefusedAddresses;
        return new ListeningReport(
            [.. outcomes], _acceptFilter.Apply(plan.RefusedAddresses) is not null, _peerFilter.Apply(plan.PeerRules) is not null, isNew);
    }

    /// <summary>A filter that is refused leaves the last one in place: whom that lets in is still heard.</summary>
    private static int SetFilter(VrrpSocket socket, int[] indexes, ref int[] heard)
    {
        var error = socket.SetFilter(indexes);
        if (error == 0)
            heard = indexes;
        return error;
    }

    /// <summary>Returns the first error; the filter that it concerns is then the last one.</summary>
    private int SetClaimFilters(int[] indexes, IpAddress[] virtualAddresses)
    {
        var error4 = arp.SetFilter(indexes, Array.FindAll(virtualAddresses, a => a.Family == IpFamily.IPv4));
        var error6 = neighbors.SetFilter(indexes, Array.FindAll(virtualAddresses, a => a.Family == IpFamily.IPv6));
        if (error4 != 0 || error6 != 0)
            return error4 != 0 ? error4 : error6;
        _claims = (indexes, virtualAddresses);
        return 0;
    }

    private static int Deafness(int filterError, int[] heard, int index) => filterError == 0 || heard.Contains(index) ? 0 : filterError;

    private static ListeningOutcome Join(
        ListeningPlan plan, HashSet<(int, IpFamily)> wanted, VrrpSocket socket, in ListeningInterface on, IpAddress group, int deafness)
    {
        wanted.Add((on.Index, group.Family));
        if (on.Rejoin)
            _ = socket.Leave(on.Index, group);
        var error = socket.Join(on.Index, group) is var refusal and not Errno.EADDRINUSE ? refusal : 0;
        return new ListeningOutcome(
            plan.Generation, on.Index, group.Family, deafness != 0 ? deafness : error, GroupOnly: deafness == 0 && error != 0);
    }
}
