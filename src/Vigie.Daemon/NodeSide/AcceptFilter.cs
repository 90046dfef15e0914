using System.Collections.Immutable;
using System.Text;
using Vigie.Core.Net;
using Vigie.Linux;

namespace Vigie.Daemon.NodeSide;

/// <summary>
/// Accept_Mode false (RFC 9568 6.1) on a kernel that would accept every packet for an address it holds: a table of our
/// own drops them. Neighbour discovery still passes, for the address must be answered for. Set up before any role is
/// taken, because loading rules is too slow for a takeover.
/// </summary>
internal sealed class AcceptFilter
{
    private const string Table = "inet vigie_accept";

    private readonly RuleTable _table = new();

    /// <summary>The last rules were refused.</summary>
    public bool IsFailing => _table.IsFailing;

    /// <summary>Refuses exactly these addresses from now on; returns why that failed, or null.</summary>
    public string? Apply(ImmutableArray<IpAddress> refused) => _table.Apply(Script(refused), refused.IsEmpty);

    /// <summary>Why the kernel would not take what it did before; null when it would, or already does without.</summary>
    public string? Check(ImmutableArray<IpAddress> refused) => _table.Check(Script(refused), refused.IsEmpty);

    /// <summary>One transaction: whatever an earlier run left is replaced.</summary>
    internal static string Script(ImmutableArray<IpAddress> refused)
    {
        var script = new StringBuilder($"add table {Table}\ndelete table {Table}\n");
        if (refused.IsEmpty)
            return script.ToString();
        script.Append($"table {Table} {{\n  chain input {{\n    type filter hook input priority filter - 10; policy accept;\n");
        if (Set(refused, IpFamily.IPv4) is { } ipv4)
            script.Append($"    ip daddr {{ {ipv4} }} drop\n");
        if (Set(refused, IpFamily.IPv6) is { } ipv6)
        {
            script.Append($"    ip6 daddr {{ {ipv6} }} icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert }} accept\n");
            script.Append($"    ip6 daddr {{ {ipv6} }} drop\n");
        }

        return script.Append("  }\n}\n").ToString();
    }

    private static string? Set(ImmutableArray<IpAddress> addresses, IpFamily family)
    {
        var set = string.Join(", ", addresses.Where(a => a.Family == family));
        return set.Length > 0 ? set : null;
    }
}
