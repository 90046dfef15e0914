using System.Collections.Immutable;
using Vigie.Core.Net;

namespace Vigie.Node.Interfaces;

/// <summary>One network interface as last heard from the kernel: its link, its real addresses, and those we put there.</summary>
internal sealed class HostInterface(int index)
{
    private readonly List<AddressReport> _real = [];
    private readonly Dictionary<IpAddress, IpPrefix> _ours = [];
    private readonly HashSet<IpPrefix> _leaving = [];

    public int Index { get; } = index;

    public string Name { get; private set; } = "";

    public MacAddress Mac { get; private set; }

    public bool Running { get; private set; }

    public bool ForwardsIPv6 { get; private set; }

    /// <summary>How listening here goes; known only after the kernel has answered.</summary>
    public ListeningState IPv4Listening { get; set; } = ListeningState.Unknown;

    public ListeningState IPv6Listening { get; set; } = ListeningState.Unknown;

    /// <summary>The addresses that carry our tag, in the form in which the kernel holds them.</summary>
    public IReadOnlyCollection<IpPrefix> Ours => _ours.Values;

    /// <summary>Takes over what a report says; true when the link has just come up.</summary>
    public bool Update(in LinkReport link)
    {
        var cameUp = link.Running && !Running;
        Name = link.Name;
        Mac = link.Mac;
        Running = link.Running;
        ForwardsIPv6 = link.ForwardsIPv6;
        return cameUp;
    }

    public void Set(in AddressReport report)
    {
        if (report.Ours)
        {
            _ours[report.Prefix.Address] = report.Prefix;
            RemoveReal(report.Prefix);
            return;
        }

        RemoveOurs(report.Prefix);
        for (var i = 0; i < _real.Count; i++)
        {
            if (_real[i].Prefix != report.Prefix)
                continue;
            _real[i] = report;
            return;
        }

        _real.Add(report);
    }

    /// <summary>Forgets an address; true when it was known.</summary>
    public bool Remove(IpPrefix prefix) => RemoveOurs(prefix) | RemoveReal(prefix);

    /// <summary>
    /// Notes that we ask the kernel to remove these. It tells of that when it likes: possibly after it has acknowledged
    /// that another virtual router added the same address again. Only of what stands here is it certain to tell.
    /// </summary>
    public void ExpectRemoval(ReadOnlySpan<IpPrefix> prefixes)
    {
        foreach (var prefix in prefixes)
            if (_ours.TryGetValue(prefix.Address, out var held) && held == prefix)
                _leaving.Add(prefix);
    }

    /// <summary>Whether a removal that the kernel tells of is the one that we asked for; true once per request.</summary>
    public bool TakeExpectedRemoval(IpPrefix prefix) => _leaving.Remove(prefix);

    public void ForgetAddresses()
    {
        _leaving.Clear();
        _real.Clear();
        _ours.Clear();
    }

    /// <summary>Whether the address stands here in whatever form, ours or not.</summary>
    public bool Holds(IpAddress address) => _ours.ContainsKey(address) || HoldsForeign(address);

    /// <summary>Whether somebody else put the address here; such an address is used and never removed.</summary>
    public bool HoldsForeign(IpAddress address)
    {
        foreach (var real in _real)
            if (real.Prefix.Address == address)
                return true;
        return false;
    }

    /// <summary>The form in which the kernel holds our address, when it holds it.</summary>
    public bool TryGetOurs(IpAddress address, out IpPrefix held) => _ours.TryGetValue(address, out held);

    /// <summary>
    /// The form in which the kernel is to hold a virtual address. An IPv4 address next to a real one of the same network
    /// keeps its length and becomes secondary to it. Standing alone it would become the network's first address, and with
    /// that the source of the host's own connections, so it stands as a host address.
    /// </summary>
    public IpPrefix KernelForm(IpPrefix configured)
    {
        if (configured.Family == IpFamily.IPv6)
            return configured;
        foreach (var real in _real)
            if (real.Prefix.Length == configured.Length && real.Prefix.Contains(configured.Address))
                return configured;
        return configured with { Length = 32 };
    }

    /// <summary>
    /// The address our advertisements come from: over IPv4, and over IPv6 to unicast peers beyond the link, a real address,
    /// if possible in the network of the virtual ones; over IPv6 otherwise the link-local address (RFC 9568 5.1.2.1).
    /// None when there is none.
    /// </summary>
    public IpAddress PrimaryFor(IpFamily family, bool linkLocal, ImmutableArray<IpPrefix> virtualAddresses, bool ownerOfThem)
    {
        var fallback = IpAddress.None;
        foreach (var real in _real)
        {
            var address = real.Prefix.Address;
            if (!real.Usable || address.Family != family || address.IsLoopback)
                continue;
            if (family == IpFamily.IPv6 && address.IsLinkLocal != linkLocal)
                continue;
            var isVirtual = false;
            var near = false;
            foreach (var candidate in virtualAddresses)
            {
                isVirtual |= candidate.Address == address;
                near |= real.Prefix.Contains(candidate.Address);
            }

            if (isVirtual && !ownerOfThem)
                continue;
            if (near || linkLocal)
                return address;
            if (fallback.IsNone)
                fallback = address;
        }

        return fallback;
    }

    private bool RemoveOurs(IpPrefix prefix) =>
        _ours.TryGetValue(prefix.Address, out var held) && held == prefix && _ours.Remove(prefix.Address);

    private bool RemoveReal(IpPrefix prefix)
    {
        for (var i = 0; i < _real.Count; i++)
        {
            if (_real[i].Prefix != prefix)
                continue;
            _real.RemoveAt(i);
            return true;
        }

        return false;
    }
}
