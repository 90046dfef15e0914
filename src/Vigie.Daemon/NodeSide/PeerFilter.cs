using System.Collections.Immutable;
using System.Text;
using Vigie.Core.Net;
using Vigie.Node.Ports;

namespace Vigie.Daemon.NodeSide;

/// <summary>
/// Advertisements of anybody but the configured peers end in the kernel, in a table of our own, so that no flood of them
/// costs the node anything. One in a minute passes: the node drops it too, but can name its sender.
/// </summary>
internal sealed class PeerFilter
{
    public const string Table = "inet vigie_peers";

    private readonly RuleTable _table = new();

    /// <summary>The last rules were refused.</summary>
    public bool IsFailing => _table.IsFailing;

    /// <summary>Lets only these senders through from now on, and counts on; returns why that failed, or null.</summary>
    public string? Apply(ImmutableArray<PeerRule> rules) =>
        _table.Apply(Script(rules), rules.IsEmpty, nftables => Script(rules, FilteredCounts.ReadFrom(nftables)));

    /// <summary>Why the kernel would not take what it did before; null when it would, or already does without.</summary>
    public string? Check(ImmutableArray<PeerRule> rules) => _table.Check(Script(rules), rules.IsEmpty);

    /// <summary>The name of a virtual router's counter: letters that nftables takes, whatever is in the router's name.</summary>
    public static string Counter(string router) => "r" + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(router));

    /// <summary>One transaction: whatever an earlier run left is replaced.</summary>
    internal static string Script(ImmutableArray<PeerRule> rules, IReadOnlyDictionary<string, FilteredCount>? counted = null)
    {
        var script = new StringBuilder($"add table {Table}\ndelete table {Table}\n");
        if (rules.IsEmpty)
            return script.ToString();
        script.Append($"table {Table} {{\n");
        foreach (var router in rules.Select(rule => rule.Router).Distinct())
        {
            var start = counted is not null && counted.TryGetValue(Counter(router), out var known) ? $"packets {known.Packets} bytes {known.Bytes} " : "";
            script.Append($"  counter {Counter(router)} {{ {start}}}\n");
        }

        script.Append("  chain input {\n    type filter hook input priority raw - 10; policy accept;\n");
        foreach (var rule in rules)
        {
            var senders = string.Join(", ", rule.Peers);
            // The VRID is the second byte of a message in both versions (RFC 9568 5.1, RFC 3768 5.1).
            script.Append($"    iif {rule.InterfaceIndex} meta l4proto 112 @th,8,8 {rule.Vrid} {(rule.Family == IpFamily.IPv4 ? "ip" : "ip6")} saddr != {{ {senders} }}")
                .Append($" limit rate over 1/minute burst 1 packets counter name {Counter(rule.Router)} drop\n");
        }

        return script.Append("  }\n}\n").ToString();
    }
}
