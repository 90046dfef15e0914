using System.Collections.Immutable;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Linux;
using Vigie.Node.Ports;

namespace Vigie.Daemon.NodeSide;

// What a new configuration needs in addition, acquired beside what is in use. Each step can be taken back; the rules come
// last, each in one transaction that the kernel has looked at before.
internal sealed partial class Listeners
{
    private Grants? _granted;

    /// <summary>Hears more interfaces and more claims, joins more groups; with a refusal everything is as it was.</summary>
    public ImmutableArray<KernelRefusal> Acquire(PreparationPlan plan)
    {
        _granted = new Grants(_heardIPv4, _heardIPv6, _claims, [], LoadedMute: false);
        int[] indexes = [.. plan.Interfaces.Select(on => on.Index)];
        List<KernelRefusal> refusals = [];
        Hear(ipv4, indexes, ref _heardIPv4, plan, refusals);
        Hear(ipv6, indexes, ref _heardIPv6, plan, refusals);
        if (SetClaimFilters(indexes, [.. plan.VirtualAddresses]) is var claims and not 0)
            refusals.Add(Refusal(RefusalKind.ClaimFilter, claims));
        foreach (var on in plan.Interfaces)
        {
            if (on.IPv4)
                Join(ipv4, on.Index, VrrpCodec.MulticastIPv4, refusals);
            if (on.IPv6)
                Join(ipv6, on.Index, VrrpCodec.MulticastIPv6, refusals);
        }

        if (indexes.Length > 0 && !Mute.IsPrepared && !_muteFailed)
        {
            _granted = _granted with { LoadedMute = true };
            if (Mute.Prepare() is { } reason)
                refusals.Add(Refusal(RefusalKind.MuteRules, 0) with { Words = reason });
        }

        if (refusals.Count > 0)
            GiveBack();
        return [.. refusals];
    }

    /// <summary>Replaces the rules; with a refusal those of before stay, and what was acquired is given back.</summary>
    public ImmutableArray<KernelRefusal> LoadRules(PreparationPlan plan)
    {
        List<KernelRefusal> refusals = [];
        void Note(RefusalKind kind, string? reason)
        {
            if (reason is not null)
                refusals.Add(Refusal(kind, 0) with { Words = reason });
        }

        Note(RefusalKind.AcceptRules, _acceptFilter.Check(plan.RefusedAddresses));
        Note(RefusalKind.PeerRules, _peerFilter.Check(plan.PeerRules));
        if (refusals.Count == 0)
        {
            var hadAccept = !_acceptFilter.IsFailing;
            var hadPeers = !_peerFilter.IsFailing;
            if (_acceptFilter.Apply(plan.RefusedAddresses) is { } accept && hadAccept)
                Note(RefusalKind.AcceptRules, accept);
            else if (_peerFilter.Apply(plan.PeerRules) is { } peers && hadPeers)
                Note(RefusalKind.PeerRules, peers);
            if (refusals.Count > 0)
                _ = _acceptFilter.Apply(_refused);
        }

        if (refusals.Count > 0)
            GiveBack();
        return [.. refusals];
    }

    /// <summary>Hears and joins no more than before <see cref="Acquire"/>.</summary>
    public void GiveBack()
    {
        if (_granted is not { } granted)
            return;
        _granted = null;
        _ = SetFilter(ipv4, granted.HeardIPv4, ref _heardIPv4);
        _ = SetFilter(ipv6, granted.HeardIPv6, ref _heardIPv6);
        _ = SetClaimFilters(granted.Claims.Interfaces, granted.Claims.Addresses);
        foreach (var (index, group) in granted.Joined)
        {
            _ = (group.Family == IpFamily.IPv4 ? ipv4 : ipv6).Leave(index, group);
            _joined.Remove((index, group.Family));
        }

        if (granted.LoadedMute)
            Mute.Remove();
    }

    private static void Hear(VrrpSocket socket, int[] indexes, ref int[] heard, PreparationPlan plan, List<KernelRefusal> refusals)
    {
        var known = heard;
        if (indexes.All(known.Contains) || SetFilter(socket, indexes, ref heard) is not (var error and not 0))
            return;
        foreach (var on in plan.Interfaces)
            if (!known.Contains(on.Index) && (socket.Family == IpFamily.IPv4 ? on.IPv4 : on.IPv6))
                refusals.Add(Refusal(RefusalKind.AdvertisementFilter, error) with { InterfaceIndex = on.Index, Family = socket.Family });
    }

    /// <summary>A group that could not be joined before is not refused to the new configuration alone.</summary>
    private void Join(VrrpSocket socket, int index, IpAddress group, List<KernelRefusal> refusals)
    {
        if (_joined.Contains((index, group.Family)))
            return;
        var error = socket.Join(index, group);
        if (error is 0 or Errno.EADDRINUSE)
        {
            _joined.Add((index, group.Family));
            _granted!.Joined.Add((index, group));
        }
        else if (error != Errno.ENODEV) // it has just gone, which is no error of the configuration
        {
            refusals.Add(Refusal(RefusalKind.Group, error) with { InterfaceIndex = index, Family = group.Family });
        }
    }

    private static KernelRefusal Refusal(RefusalKind kind, int error) => new(kind, 0, null, default, error, "");

    private sealed record Grants(
        int[] HeardIPv4, int[] HeardIPv6, (int[] Interfaces, IpAddress[] Addresses) Claims, List<(int Interface, IpAddress Group)> Joined,
        bool LoadedMute);
}
