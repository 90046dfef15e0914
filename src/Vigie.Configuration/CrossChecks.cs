using Vigie.Core.Net;

namespace Vigie.Configuration;

/// <summary>What can only be judged by looking at all virtual routers of the file together.</summary>
internal static class CrossChecks
{
    public static void Run(IReadOnlyList<RouterDraft> routers, ProblemList problems)
    {
        NamesAreUnique(routers, problems);
        AddressesAreUnique(routers, problems);
        VridsAreUnique(routers, problems);
        PeersAreNotVirtual(routers, problems);
    }

    private static void NamesAreUnique(IReadOnlyList<RouterDraft> routers, ProblemList problems)
    {
        var seen = new Dictionary<string, TextSpan>(StringComparer.Ordinal);
        foreach (var router in routers)
            if (router.Name is { } name && !seen.TryAdd(name.Value, name.Span))
                problems.Error(name.Span, $"the name '{name.Value}' is already used in line {seen[name.Value].Line}", "give each virtual router its own name");
    }

    private static void AddressesAreUnique(IReadOnlyList<RouterDraft> routers, ProblemList problems)
    {
        var seen = new Dictionary<IpAddress, (RouterDraft Router, TextSpan Span)>();
        foreach (var router in routers)
        {
            foreach (var (prefix, span) in router.Addresses)
            {
                if (seen.TryAdd(prefix.Address, (router, span)))
                    continue;
                var first = seen[prefix.Address];
                problems.Error(span, ReferenceEquals(first.Router, router)
                        ? $"{prefix.Address} is listed twice; it already stands in line {first.Span.Line}"
                        : $"{prefix.Address} already belongs to {first.Router.Label} (line {first.Span.Line}): an address follows one virtual router only",
                    "remove one of the two");
            }
        }
    }

    /// <summary>RFC 9568 5.2.3: on one link, VRID and address family name a virtual router.</summary>
    private static void VridsAreUnique(IReadOnlyList<RouterDraft> routers, ProblemList problems)
    {
        var seen = new Dictionary<(string Interface, byte Vrid, IpFamily Family), RouterDraft>();
        foreach (var router in routers)
        {
            if (router is not { Interface: { } link, Vrid: { } vrid })
                continue;
            var clash = "";
            RouterDraft? first = null;
            foreach (var family in (ReadOnlySpan<IpFamily>)[IpFamily.IPv4, IpFamily.IPv6])
            {
                if (!router.HasFamily(family) || seen.TryAdd((link, vrid.Value, family), router))
                    continue;
                first ??= seen[(link, vrid.Value, family)];
                clash += clash.Length == 0 ? $"{family}" : $" and {family}";
            }

            if (first is not null)
                problems.Error(vrid.Span, $"vrid {vrid.Value} on {link} is already used for {clash} by {first.Label} (line {first.Vrid!.Value.Span.Line})",
                    "give one of them another vrid; unicast peers do not lift this rule");
        }
    }

    private static void PeersAreNotVirtual(IReadOnlyList<RouterDraft> routers, ProblemList problems)
    {
        var owners = new Dictionary<IpAddress, RouterDraft>();
        foreach (var router in routers)
            foreach (var (prefix, _) in router.Addresses)
                owners.TryAdd(prefix.Address, router);
        foreach (var router in routers)
            foreach (var (peer, span) in router.Peers)
                if (owners.TryGetValue(peer, out var owner))
                    problems.Error(span, $"peer {peer} is a virtual address of {owner.Label}: it moves between the hosts, so it names none of them",
                        "write the peer's real address");
    }
}
