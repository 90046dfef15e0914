using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Vigie.Core.Net;
using Vigie.Linux;
using Vigie.Node.Ports;

namespace Vigie.Daemon.NodeSide;

/// <summary>
/// Keeps the kernel from teaching neighbours our MAC for addresses that another host has taken over, while we still hold
/// them: no ARP packet and no neighbour solicitation or advertisement that carries them leaves. The rules are loaded before
/// they are needed and act on what stands in their sets; entries end by themselves, so that nothing outlives a crash.
/// What we send through packet sockets is not touched.
/// </summary>
internal sealed class MuteFilter : IDisposable
{
    private const string Arp = "arp vigie_mute";
    private const string Neighbor = "ip6 vigie_mute";

    private readonly HashSet<IpAddress> _muted = [];
    private Nftables? _nftables;

    /// <summary>Loads the rules, replacing what an earlier process left; returns why that failed, or null.</summary>
    public string? Prepare()
    {
        if (_nftables is not null)
            return null;
        _nftables = Nftables.TryOpen(out var reason);
        if (_nftables is null)
            return reason;
        return _nftables.Run(Rules(_muted));
    }

    /// <summary>Whether the rules were loaded, or were refused when they were to be.</summary>
    public bool IsPrepared => _nftables is not null;

    /// <summary>Mutes these addresses, or lets them be heard again; returns why that failed, or null.</summary>
    public string? Apply(ImmutableArray<IpAddress> addresses, bool muted)
    {
        foreach (var address in addresses)
            _ = muted ? _muted.Add(address) : _muted.Remove(address);
        if (Prepare() is { } reason)
            return reason;
        // Who reloads the host's own rules may have flushed ours with them.
        return _nftables!.Run(Entries(_muted)) is null ? null : _nftables.Run(Rules(_muted));
    }

    /// <summary>Takes the rules out again.</summary>
    public void Remove()
    {
        _muted.Clear();
        _nftables?.Run(Without());
        Dispose();
    }

    /// <summary>Takes out what a process that is no more has left; returns why that failed, or null.</summary>
    public static string? RemoveLeftOvers()
    {
        // Without the library nobody has loaded rules that would have to go.
        using var nftables = Nftables.TryOpen(out _);
        if (nftables?.Run(Without()) is not { } error)
            return null;
        // A kernel without nf_tables refuses, too, and has nothing of ours.
        return nftables.Query($"list table {Arp}") is null && nftables.Query($"list table {Neighbor}") is null ? null : error;
    }

    public void Dispose()
    {
        _nftables?.Dispose();
        _nftables = null;
    }

    /// <summary>All of it in one transaction, whatever stood there before.</summary>
    internal static string Rules(IReadOnlySet<IpAddress> muted) => Without() + $$"""
        table {{Arp}} {
          set addresses { type ipv4_addr; flags timeout; }
          chain output {
            type filter hook output priority filter; policy accept;
            arp saddr ip @addresses drop
          }
        }
        table {{Neighbor}} {
          set addresses { type ipv6_addr; flags timeout; }
          set targets { typeof @th,64,128; flags timeout; }
          chain output {
            type filter hook output priority filter; policy accept;
            icmpv6 type nd-neighbor-solicit ip6 saddr @addresses drop
            icmpv6 type nd-neighbor-advert @th,64,128 @targets drop
          }
        }

        """ + Add(muted);

    /// <summary>Exactly these addresses, in rules that are loaded.</summary>
    internal static string Entries(IReadOnlySet<IpAddress> muted) =>
        $"flush set {Arp} addresses\nflush set {Neighbor} addresses\nflush set {Neighbor} targets\n" + Add(muted);

    private static string Without() =>
        $"add table {Arp}\ndelete table {Arp}\nadd table {Neighbor}\ndelete table {Neighbor}\n";

    private static string Add(IReadOnlySet<IpAddress> muted)
    {
        var script = new StringBuilder();
        Span<byte> bytes = stackalloc byte[16];
        var seconds = (int)IHostNetwork.LongestMuting.TotalSeconds;
        foreach (var address in muted.Order())
        {
            if (address.Family == IpFamily.IPv4)
            {
                script.Append(CultureInfo.InvariantCulture, $"add element {Arp} addresses {{ {address} timeout {seconds}s }}\n");
                continue;
            }

            address.WriteTo(bytes);
            script.Append(CultureInfo.InvariantCulture, $"add element {Neighbor} addresses {{ {address} timeout {seconds}s }}\n");
            script.Append(CultureInfo.InvariantCulture, $"add element {Neighbor} targets {{ 0x{Convert.ToHexStringLower(bytes)} timeout {seconds}s }}\n");
        }

        return script.ToString();
    }
}
