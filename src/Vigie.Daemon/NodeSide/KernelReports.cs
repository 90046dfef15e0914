using Vigie.Core;
using Vigie.Linux;
using Vigie.Node;
using Vigie.Node.Interfaces;

namespace Vigie.Daemon.NodeSide;

/// <summary>Translates what rtnetlink tells into what the election loop is told.</summary>
internal sealed class KernelReports(ElectionLoop loop) : IRouteEventSink
{
    /// <summary>The clock of the present wake-up.</summary>
    public Instant Now { get; set; }

    public void OnLink(in LinkInfo link, bool removed)
    {
        if (removed)
            loop.OnLinkRemoved(Now, link.Index);
        else
            loop.OnLink(Now, new LinkReport(link.Index, link.Name, link.Mac, link.IsUp && link.HasCarrier, link.ForwardsIPv6));
    }

    public void OnAddress(in AddressInfo address, bool removed)
    {
        if (removed)
            loop.OnAddressRemoved(Now, address.InterfaceIndex, address.Prefix);
        else
            loop.OnAddress(Now, Describe(address));
    }

    /// <summary>Everything anew: at the start, and after the kernel's event queue overflowed.</summary>
    public void Resync(KernelSnapshot snapshot)
    {
        loop.BeginResync();
        foreach (var link in snapshot.Links)
            OnLink(link, removed: false);
        foreach (var address in snapshot.Addresses)
            loop.OnAddress(Now, Describe(address));
        var present = new int[snapshot.Links.Length];
        for (var i = 0; i < present.Length; i++)
            present[i] = snapshot.Links[i].Index;
        loop.EndResync(Now, present);
    }

    private static AddressReport Describe(in AddressInfo address) => new(
        address.InterfaceIndex, address.Prefix, address.Protocol == AddressTag.Value, !address.IsTentative && !address.IsDadFailed);
}
